"""Tables of codes: lists of codes, their aliases, and ids that are built from codes."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["CODE_MATCHES", "CONFIDENCES", "ID_REASONS", "RELATIONS", "TABLES"]

CONFIDENCES = ("high", "medium", "low")
"""Two independent sources agree or the name is ours; one source; our reading, or in doubt."""

RELATIONS = ("same", "close", "part", "retired")
"""What an alias is to the code: the same words, other words for the same, a part of it, or
something that is gone and went to it."""

CODE_MATCHES = ("code", "name", "alias", "ambiguous", "unknown", "missing")
"""How a text was found in a list of codes: as a code, a name or an alias, as several at
once, not at all, or there was no text."""

ID_REASONS = (
    "missing",
    "rounded_number",
    "not_digits",
    "wrong_length",
    "unknown_province",
    "zero_part",
)
"""Why an id is not valid, in the order of precedence."""


def _text(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of texts that can be missing."""
    return Column(name, "str", label, label_zh, meaning, missing=True)


_SCHEME = Column("scheme", "str", "List", "编码体系", "name of the list that the code belongs to")
_CODE = Column("code", "str", "Code", "代码", "code as the list writes it, unique in its list")
_STANDARD = _text(
    "standard_code",
    "Standard code",
    "五位代码",
    "major in two digits and minor in three, as in a 16-digit id; zeros filled in, which says "
    "nothing about what a national list means by it",
)
_SOURCE = (
    _text("source", "Source", "来源", "where the row comes from"),
    _text("version", "Version", "版本", "edition, or when it was seen"),
    _text(
        "confidence",
        "Confidence",
        "可信度",
        "how sure the row is: " + ", ".join(CONFIDENCES) + "; missing where nobody said",
    ),
)
_MAJOR = _text("major", "Major", "大类代码", "number of the major class")
_MINOR = _text("minor", "Minor", "小类代码", "number of the minor class, as the list writes it")
_DISTRICT = _text("district_code", "District code", "区划代码", "six digits of GB/T 2260")
_SEQUENCE = _text("sequence", "Sequence", "顺序号", "running number, with its leading zeros")
_AS_READ = _text(
    "id_text", "Id as read", "原编号", "id as it was given; missing where it was built"
)
_REASON = _text(
    "reason",
    "Reason",
    "无效原因",
    "why the id is not valid: " + ", ".join(ID_REASONS) + "; missing where it is",
)

TABLES = (
    Table(
        "codes",
        ("scheme", "code"),
        (
            _SCHEME,
            _text("kind", "Kind", "类型", "kind of code, such as event, component or department"),
            _CODE,
            _STANDARD,
            _MAJOR,
            _MINOR,
            _text("major_zh", "Major (Chinese)", "大类名称", "name of the major class in Chinese"),
            _text("major_en", "Major (English)", "大类名称（英文）", "the same in English"),
            _text("zh", "Name (Chinese)", "名称", "name in Chinese"),
            _text("en", "Name (English)", "名称（英文）", "name in English"),
            _text("aliases", "Aliases", "别名", "other words for it, with | between them"),
            *_SOURCE,
        ),
        "gridgov.read_codes",
        open=True,
    ),
    Table(
        "code_aliases",
        ("scheme", "alias_scheme", "alias"),
        (
            _SCHEME,
            Column("code", "str", "Code", "代码", "code that the alias stands for"),
            _text("alias_scheme", "From list", "本地编码体系", "list that the alias comes from"),
            Column("alias", "str", "Alias", "本地代码或名称", "code or words of the other list"),
            _text(
                "relation",
                "Relation",
                "对应关系",
                "what the alias is to the code: " + ", ".join(RELATIONS),
            ),
            *_SOURCE,
        ),
        "gridgov.read_code_aliases",
        open=True,
    ),
    Table(
        "theme_codes",
        ("category", "scheme", "code"),
        (
            _text("category", "Theme", "类别", "key of the category that the codes belong to"),
            _SCHEME,
            Column("code", "str", "Code", "代码", "one code of the theme"),
            *_SOURCE,
        ),
        "gridgov.theme_codes",
    ),
    Table(
        "matched_codes",
        ("scheme", "code"),
        (
            _SCHEME,
            _text("code", "Code", "代码", "code that was found; missing where none was"),
            _text(
                "code_name", "Name", "代码名称", "name of the code; the text as read without one"
            ),
            Column(
                "code_match",
                "str",
                "Match",
                "匹配方式",
                "how the code was found: " + ", ".join(CODE_MATCHES),
            ),
        ),
        "gridgov.match_codes",
        open=True,
    ),
    Table(
        "unit_grid_ids",
        ("unit_grid_id",),
        (
            _AS_READ,
            _text("unit_grid_id", "Unit grid", "单元网格编号", "15 digits; missing if not valid"),
            _DISTRICT,
            _text("street_number", "Street number", "街道顺序码", "three digits of the street"),
            _text(
                "community_number",
                "Community number",
                "社区顺序码",
                "three digits of the community",
            ),
            _SEQUENCE,
            _text(
                "street_id",
                "Street id",
                "街道编号",
                "first nine digits: the code of the street",
            ),
            _text(
                "community_id",
                "Community id",
                "社区编号",
                "first twelve digits: the community's code",
            ),
            _REASON,
        ),
        "gridgov.parse_unit_grid_ids",
    ),
    Table(
        "case_codes",
        ("case_code",),
        (
            _AS_READ,
            _text("case_code", "Case code", "事项标识码", "16 digits; missing if not valid"),
            _DISTRICT,
            _MAJOR,
            _MINOR,
            _SEQUENCE,
            _STANDARD,
            Column(
                "extension",
                "boolean",
                "Extension",
                "扩展小类",
                "whether the minor is an extension, 080 to 999, and not one of the standard's",
                missing=True,
            ),
            _REASON,
        ),
        "gridgov.parse_case_codes",
    ),
)
