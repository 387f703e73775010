"""The output folder appears whole or not at all, and nobody's files are removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridgov.bulletin.output_folder import MARKER, check_out, whole_folder
from gridgov.errors import GridgovWarning, OutputError


def write_one(out: Path, name: str = "a.txt") -> None:
    with whole_folder(out) as partial:
        (partial / name).write_text("new")
        (partial / MARKER).write_text(json.dumps({"files": [name, MARKER]}))


def write_half(out: Path, error: BaseException) -> None:
    with whole_folder(out) as partial:
        (partial / "b.txt").write_text("half")
        raise error


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_new_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    write_one(tmp_path / "x" / "y" / "out")
    assert everything(tmp_path) == ["x", "x/y", "x/y/out", "x/y/out/a.txt", f"x/y/out/{MARKER}"]


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        write_half(tmp_path / "x" / "out", RuntimeError("half way"))
    assert everything(tmp_path) == []


def test_an_interruption_leaves_the_former_brief_as_it_was(tmp_path: Path) -> None:
    write_one(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "out", KeyboardInterrupt())
    assert everything(tmp_path / "out") == ["a.txt", MARKER]


def test_an_earlier_brief_is_replaced_with_all_its_files(tmp_path: Path) -> None:
    write_one(tmp_path / "out", "old.txt")
    write_one(tmp_path / "out", "new.txt")
    assert everything(tmp_path) == ["out", f"out/{MARKER}", "out/new.txt"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_one(tmp_path / "out")
    assert "a.txt" in everything(tmp_path / "out")


@pytest.mark.parametrize("with_marker", [True, False])
def test_a_folder_with_other_files_is_refused_and_kept(tmp_path: Path, with_marker: bool) -> None:
    out = tmp_path / "out"
    if with_marker:
        write_one(out)
    (out / "mine").mkdir(parents=True)
    (out / "mine" / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match=r"empty or that a brief wrote\. Found in .*thesis\.docx"):
        write_one(out)
    assert (out / "mine" / "thesis.docx").read_text() == "years of work"


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="is a file or a link"):
        check_out(tmp_path / "out")
    with pytest.raises(OutputError, match="out is a file"):
        check_out(tmp_path / "out" / "deeper")


def test_a_disk_that_says_no_is_our_error(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"No space left on device.*choose another"),
        whole_folder(tmp_path / "out"),
    ):
        raise OSError(28, "No space left on device")
    assert everything(tmp_path) == []


def test_a_move_that_fails_brings_the_former_brief_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_one(tmp_path / "out", "old.txt")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.suffix == ".partial":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write_one(tmp_path / "out", "new.txt")
    assert everything(tmp_path) == ["out", f"out/{MARKER}", "out/old.txt"]


def test_a_former_brief_that_may_not_be_removed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_one(tmp_path / "out", "old.txt")
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    with pytest.warns(GridgovWarning, match=r"no right to do so\. It lies in .*\.former; whoever"):
        write_one(tmp_path / "out", "new.txt")
    assert everything(tmp_path / "out") == [MARKER, "new.txt"]
