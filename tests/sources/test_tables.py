import gzip
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gridgov.errors import ColumnsError, EmptyTableError, OptionError, ReadError
from gridgov.sources.delimited_head import sniff_delimiter
from gridgov.sources.tables import read_table

HEADER = ["编号", "街道", "note"]
ROWS = [["007", "八角街道", "a"], ["010", "古城街道", ""]]


def csv_text(delimiter=",", end="\n"):
    return end.join(delimiter.join(row) for row in [HEADER, *ROWS]) + end


def rows_of(table):
    return table.frame.astype(object).where(table.frame.notna(), None).values.tolist()


EXPECTED = [["007", "八角街道", "a"], ["010", "古城街道", None]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_the_encoding_is_detected_and_told(tmp_path, encoding):
    path = tmp_path / "s.csv"
    path.write_bytes(csv_text().encode(encoding))
    table = read_table(path)
    assert list(table.frame.columns) == HEADER
    assert rows_of(table) == EXPECTED
    assert table.encoding == encoding


def test_a_named_encoding_is_used_and_gbk_is_read_as_its_superset(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(csv_text().encode("gbk"))
    assert read_table(path, encoding="gbk").encoding == "gb18030"
    path.write_bytes(csv_text().encode("utf-8-sig"))
    assert list(read_table(path, encoding="utf-8").frame.columns) == HEADER


def test_bytes_that_are_no_text_name_the_encodings_and_the_place(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(b"a,b\n1,\xff\xff\n")
    with pytest.raises(ReadError, match=r"utf-8 \(stops at byte 6, 0xff\), gb18030"):
        read_table(path)
    with pytest.raises(OptionError, match=r"encoding must be .* Found: 'utf-9'"):
        read_table(path, encoding="utf-9")


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_a_mark_is_recognized_and_named(tmp_path, order):
    path = tmp_path / "s.csv"
    path.write_bytes(csv_text().encode(f"utf-16-{order}"))
    with pytest.raises(ReadError, match=f'zero bytes .* Pass encoding="utf-16-{order}"'):
        read_table(path)
    assert rows_of(read_table(path, encoding=f"utf-16-{order}")) == EXPECTED


def test_a_workbook_with_the_ending_of_text_is_told(tmp_path):
    path = tmp_path / "s.csv"
    pd.DataFrame(ROWS, columns=HEADER).to_excel(tmp_path / "s.xlsx", index=False)
    path.write_bytes((tmp_path / "s.xlsx").read_bytes())
    with pytest.raises(ReadError, match=r"start of a workbook or archive\. Give it the ending"):
        read_table(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_is_detected(tmp_path, delimiter, end):
    path = tmp_path / "s.csv"
    path.write_bytes(csv_text(delimiter, end).encode())
    assert rows_of(read_table(path)) == EXPECTED


def test_decimal_commas_do_not_hide_a_semicolon():
    assert sniff_delimiter("a;b;c\n1,5;2,5;3\n1,5;2,5;3\n") == ";"
    assert sniff_delimiter("only\n1\n2\n") == ","


def test_text_stays_as_it_is_written(tmp_path):
    odd = ["0012", " spaced id ", "{{ 7*7 }}", "<script>alert(1)</script>", "=1+1", "a\x00b", "NA"]
    path = tmp_path / "s.csv"
    cells = "\n".join(f'"{value}",{number}' for number, value in enumerate(odd))
    path.write_text(f"id,n\n{cells}\n", encoding="utf-8")
    assert read_table(path).frame["id"].tolist() == odd


def test_quoted_line_breaks_and_very_long_text_are_one_field(tmp_path):
    path = tmp_path / "s.csv"
    long = "长" * 2_000_000
    path.write_text(f'id,text\n1,"a\n""b"""\n2,{long}\n', encoding="utf-8")
    assert read_table(path).frame["text"].tolist() == ['a\n"b"', long]


def test_compressed_text_is_read(tmp_path):
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(csv_text().encode()))
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr("folder/s.csv", csv_text())
        archive.writestr("__MACOSX/._s.csv", "junk")
        archive.writestr("readme.md", "junk")
    assert rows_of(read_table(tmp_path / "s.csv.gz")) == EXPECTED
    assert rows_of(read_table(str(tmp_path / "s.zip"))) == EXPECTED


def test_an_archive_of_several_tables_or_a_broken_one_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "x\n1\n")
    with pytest.raises(ReadError, match=r"must hold one table\. Found: a.csv, b.csv"):
        read_table(tmp_path / "two.zip")
    (tmp_path / "broken.zip").write_bytes(b"PK not really")
    (tmp_path / "broken.csv.gz").write_bytes(gzip.compress(b"x\n1\n")[:-6])
    with pytest.raises(ReadError, match=r"must be a whole archive"):
        read_table(tmp_path / "broken.zip")
    with pytest.raises(ReadError, match=r"must be a whole archive"):
        read_table(tmp_path / "broken.csv.gz")


def test_a_row_of_another_length_is_named_with_its_line(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text('id,text\n1,"a\nb"\n2,x,y\n', encoding="utf-8")
    with pytest.raises(ReadError, match=r"as its header, 2. Found: 3 in row 2, line 4") as caught:
        read_table(path)
    assert caught.value.problems["line"].tolist() == [4]
    path.write_text("id,text\n1,a\n2\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"Found: 1 in row 2, line 3"):
        read_table(path)


def test_a_column_name_that_occurs_twice_is_named(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,x,id\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"must differ. Found: 'id' in columns 1 and 3"):
        read_table(path)
    twice = pd.DataFrame([[1, 2]], columns=["id", "id"])
    with pytest.raises(ColumnsError, match=r"Found twice: id"):
        read_table(twice)


def test_column_names_are_trimmed_and_blank_ones_numbered(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("\n  id ,,x\n1,2,3\n\n", encoding="utf-8")
    assert list(read_table(path).frame.columns) == ["id", "column 2", "x"]


def test_empty_sources_are_refused(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ReadError, match=r"Found: an empty file"):
        read_table(path)
    path.write_text("id,x\n", encoding="utf-8")
    with pytest.raises(EmptyTableError, match=r"at least one row.*Its columns: id, x"):
        read_table(path)
    with pytest.raises(EmptyTableError, match=r"at least one row"):
        read_table(pd.DataFrame({"id": []}))


def test_a_file_that_is_not_there_is_answered_with_near_names(tmp_path):
    (tmp_path / "incidents.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"There is no file .*incident\.csv.*mean incidents\.csv"):
        read_table(tmp_path / "incident.csv")
    with pytest.raises(ReadError, match=r"In that folder: incidents.csv"):
        read_table(tmp_path / "zzz")
    with pytest.raises(ReadError, match=r"does not exist"):
        read_table(tmp_path / "none" / "x.csv")


def test_folders_unknown_kinds_and_other_objects_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(ReadError, match=r"is a folder, with a.csv, a.docx"):
        read_table(tmp_path)
    with pytest.raises(ReadError, match=r"a\.docx is of a kind.*\.csv"):
        read_table(tmp_path / "a.docx")
    with pytest.raises(ReadError, match=r"must be a path or a DataFrame. Found: int"):
        read_table(7)


def test_a_workbook_keeps_text_whole_numbers_and_dates(tmp_path):
    path = tmp_path / "s.xlsx"
    cells = pd.DataFrame(
        {
            "id": ["007", "010"],
            "code": [110107001, 110107002],
            "x": [116.5, None],
            "at": pd.to_datetime(["2016-03-05 14:20", "2016-03-06 00:00"]),
        }
    )
    cells.to_excel(path, index=False, engine="xlsxwriter")
    frame = read_table(path).frame
    assert frame["id"].tolist() == ["007", "010"]
    assert frame["code"].tolist() == [110107001, 110107002]
    assert frame["x"].isna().tolist() == [False, True]
    assert frame["at"].tolist() == cells["at"].tolist()


def test_one_of_several_sheets_must_be_named(tmp_path):
    path = tmp_path / "s.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="事件", index=False)
        pd.DataFrame({"b": [2]}).to_excel(writer, sheet_name="街道", index=False)
        pd.DataFrame().to_excel(writer, sheet_name="empty", index=False)
    with pytest.raises(ReadError, match=r'several sheets .*Found: 事件, 街道. Pass layer="事件"'):
        read_table(path)
    assert list(read_table(path, layer="街道").frame.columns) == ["b"]
    assert list(read_table(path, layer=0).frame.columns) == ["a"]
    with pytest.raises(ReadError, match=r"has no sheet 'x'. Found: 事件, 街道, empty"):
        read_table(path, layer="x")
    with pytest.raises(ReadError, match=r"must have a first row"):
        read_table(path, layer="empty")


def test_a_file_that_is_no_workbook_or_parquet_is_refused(tmp_path):
    for name, words in (("s.xlsx", "must be an Excel workbook"), ("s.parquet", "a Parquet file")):
        (tmp_path / name).write_bytes(b"not at all")
        with pytest.raises(ReadError, match=words):
            read_table(tmp_path / name)


@pytest.fixture
def squares():
    return gpd.GeoDataFrame(
        {"code": ["007", "010"], "街道": ["八角", "古城"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        crs="EPSG:4490",
    )


@pytest.mark.parametrize("name", ["s.gpkg", "s.shp", "s.fgb", "s.parquet"])
def test_vector_files_keep_text_geometry_and_crs(tmp_path, squares, name):
    path = tmp_path / name
    if name.endswith("parquet"):
        squares.to_parquet(path)
    else:
        squares.to_file(path)
    table = read_table(path)
    frame = table.frame.sort_values("code")
    assert frame["code"].tolist() == ["007", "010"]
    assert frame["街道"].tolist() == ["八角", "古城"]
    assert table.crs.to_epsg() == 4490
    assert shapely.equals(frame.geometry.array, squares.geometry.array).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_geojson_is_read_in_any_encoding(tmp_path, squares, encoding):
    path = tmp_path / "s.geojson"
    path.write_bytes(squares.to_json(drop_id=True, ensure_ascii=False).encode(encoding))
    table = read_table(path)
    assert table.frame["街道"].tolist() == ["八角", "古城"]
    assert table.encoding == encoding


def test_a_ring_left_open_is_closed_and_remarked(tmp_path):
    path = tmp_path / "s.geojson"
    path.write_text(
        '{"type":"Feature","properties":{"id":"1"},"geometry":'
        '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}',
        encoding="utf-8",
    )
    table = read_table(path)
    assert table.frame.geometry.is_valid.all()
    assert any("Non closed ring" in remark for remark in table.remarks)


def test_a_broken_geojson_and_an_unknown_layer_are_refused(tmp_path, squares):
    (tmp_path / "s.geojson").write_text("{not json", encoding="utf-8")
    with pytest.raises(ReadError, match=r"s\.geojson must be a readable \.geojson file"):
        read_table(tmp_path / "s.geojson")
    path = tmp_path / "s.gpkg"
    squares.to_file(path, layer="a")
    squares.to_file(path, layer="b")
    with pytest.raises(ReadError, match=r'several layers.*Found: a, b. Pass layer="a"'):
        read_table(path)
    with pytest.raises(ReadError, match=r"has no layer 'c'. Found: a, b"):
        read_table(path, layer="c")
    assert len(read_table(path, layer="b").frame) == 2


def test_a_parquet_file_without_geometries_is_a_plain_table(tmp_path):
    path = tmp_path / "s.parquet"
    pd.DataFrame({"id": ["007"]}).to_parquet(path)
    table = read_table(path)
    assert table.frame["id"].tolist() == ["007"]
    assert table.crs is None


def test_a_dataframe_is_copied_and_a_named_index_kept():
    given = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="id"))
    given.attrs["mine"] = 1
    before = given.copy()
    table = read_table(given)
    table.frame.loc[0, "x"] = 9
    pd.testing.assert_frame_equal(given, before)
    assert list(table.frame.columns) == ["id", "x"]
    assert table.frame.index.tolist() == [0, 1]


def shapefile(folder, encoding):
    streets = gpd.GeoDataFrame(
        {"编号": ["007", "010"], "街道": ["八角街道", "古城街道"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        crs="EPSG:4326",
    )
    streets.to_file(folder / "s.shp", encoding=encoding)
    return folder / "s.shp"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("told", [True, False])
def test_the_encoding_of_a_shapefile_is_read_or_detected(tmp_path, encoding, told):
    path = shapefile(tmp_path, encoding)
    if not told:
        path.with_suffix(".cpg").unlink()
    assert read_table(path).frame["街道"].tolist() == ["八角街道", "古城街道"]
    packed = tmp_path / "s.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("s.[!z]*")):
            archive.write(part, f"地图/{part.name}")
    assert read_table(packed).frame["街道"].tolist() == ["八角街道", "古城街道"]


def test_a_shapefile_without_its_other_files_says_which(tmp_path):
    path = shapefile(tmp_path, "utf-8")
    path.with_suffix(".dbf").unlink()
    with pytest.raises(ReadError, match=r"several files of one name.*Found no \.dbf\."):
        read_table(path)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_header_below_titles_is_found_in_a_text_longer_than_what_is_looked_at(
    tmp_path, ending, encoding
):
    path = tmp_path / "long.csv"
    rows = [f"{number:06d},老山街道,{number}" for number in range(6000)]
    head = ["街道工单统计表,,", "code,街道,count"]
    path.write_bytes((ending.join([*head, *rows]) + ending).encode(encoding))
    table = read_table(path)
    assert table.titles == ("街道工单统计表",)
    assert list(table.frame.columns) == ["code", "街道", "count"]
    assert table.frame["code"].tolist() == [f"{number:06d}" for number in range(6000)]
    assert (table.frame["街道"] == "老山街道").all()


def test_a_first_row_longer_than_what_is_looked_at_is_read_whole(tmp_path):
    path = tmp_path / "wide.csv"
    long = "x" * 70_000
    path.write_text(f'code,note\n1,"{long}\n{long}"\n2,b\n', encoding="utf-8")
    frame = read_table(path).frame
    assert frame["note"].tolist() == [f"{long}\n{long}", "b"]


def test_nothing_but_line_ends_below_a_header_is_no_rows(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("code,note\n" + "\n" * 70_000, encoding="utf-8")
    with pytest.raises(EmptyTableError, match=r"at least one row below its header"):
        read_table(path)
