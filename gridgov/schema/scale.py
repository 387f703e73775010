"""Tables of work on many files."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

TABLES = (
    Table(
        "located_files",
        ("file",),
        (
            Column("file", "str", "File", "文件", "path of the file inside the folder"),
            Column("rows", "int64", "Rows", "行数", "rows of the file"),
            Column("inside", "int64", "Inside", "区内", "rows with match inside"),
            Column("border", "int64", "Border", "边界", "rows with match border"),
            Column("overlap", "int64", "Overlap", "重叠", "rows with match overlap"),
            Column("outside", "int64", "Outside", "区外", "rows with match outside"),
            Column("no_point", "int64", "No point", "无坐标", "rows with match no_point"),
            Column(
                "again",
                "bool",
                "Done before",
                "此前已完成",
                "true when an earlier run had finished it and it was not done again",
            ),
        ),
        "gridgov.scale.locate_folder",
    ),
)
