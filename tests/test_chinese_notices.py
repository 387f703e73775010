"""The house rule: whatever a reader of the results is told in English is told in Chinese too.

Read from the code, so that a sentence that no test ever brings up is held to it as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridgov import errors

PACKAGE = Path(__file__).resolve().parents[1] / "gridgov"
FILES = {
    path.relative_to(PACKAGE).as_posix(): code
    for path in sorted(PACKAGE.rglob("*.py"))
    if re.search("warn|Notice|Warning", code := path.read_text(encoding="utf-8"))
}
WARNINGS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.GridgovWarning)
}
# The sentences of a Notice by place; see gridgov/sources/notices.py.
DETAIL, DETAIL_ZH = 2, 3
HAN = "\u3400-\u9fff"
# Half-width marks beside Chinese letters, and what a Chinese sentence ends with.
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?]|[,;:!?][{HAN}]|[{HAN}]\.(?:\s|$)|[{HAN}][()]")
ENDS = ("。", "！", "？")


def calls(code: str) -> Iterator[ast.Call]:
    """Yield every call in a file."""
    return (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """Return the last word of what is called."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def given(call: ast.Call, place: int, keyword: str) -> ast.expr | None:
    """Return an argument by its place or keyword, None where it is not there."""
    if len(call.args) > place:
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == keyword), None)


def sentences(code: str) -> Iterator[tuple[int, ast.expr | None, ast.expr | None]]:
    """Yield the line, the English and the Chinese sentence of every notice and warning made."""
    for call in calls(code):
        if name_of(call) in WARNINGS:
            zh = next((one.value for one in call.keywords if one.arg == "zh"), None)
            yield call.lineno, given(call, 0, "message"), zh
        elif name_of(call) == "Notice":
            yield (
                call.lineno,
                given(call, DETAIL, "detail"),
                given(call, DETAIL_ZH, "detail_zh"),
            )


def literal(sentence: ast.expr | None) -> str | None:
    """Return the fixed words of a sentence with {} for each place; None if it is made elsewhere."""
    if isinstance(sentence, ast.Constant):
        return str(sentence.value)
    if isinstance(sentence, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in sentence.values)
        return "".join(map(str, parts))
    return None


def numbers(sentence: ast.expr) -> set[str]:
    """Return the numbers that are written into a sentence, with the form of each."""
    places = (one for one in ast.walk(sentence) if isinstance(one, ast.FormattedValue))
    return {
        ast.unparse(one.value) + ast.unparse(one.format_spec) for one in places if one.format_spec
    }


def faults(code: str) -> list[str]:
    """Return what is wrong with the notices and warnings of a file, with the lines."""
    wrong = []
    bare = "from warnings import" in code
    for call in calls(code):
        raised = name_of(call) == "warn" and (bare or isinstance(call.func, ast.Attribute))
        if raised and not (
            isinstance(call.args[0], ast.Call) and name_of(call.args[0]) in WARNINGS
        ):
            wrong.append(f"line {call.lineno}: warnings.warn(DataWarning(..., zh=...)) is the form")
    for line, english, chinese in sentences(code):
        if chinese is None or (isinstance(chinese, ast.Constant) and not chinese.value):
            wrong.append(f"line {line}: there is no Chinese sentence")
            continue
        text = literal(chinese)
        if text is None:
            continue
        if not re.search(f"[{HAN}]", text):
            wrong.append(f"line {line}: the Chinese sentence is not Chinese: {text}")
        if HALF_WIDTH.search(text):
            wrong.append(f"line {line}: half-width marks in Chinese: {text}")
        if not text.endswith((*ENDS, "{}")):
            wrong.append(f"line {line}: the Chinese sentence does not end: {text}")
        if english is not None and literal(english) and numbers(english) != numbers(chinese):
            wrong.append(f"line {line}: not the same numbers in both languages: {text}")
    return wrong


def test_every_notice_and_warning_of_the_package_has_its_chinese_sentence() -> None:
    wrong = {name: faults(code) for name, code in FILES.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('warnings.warn("Two rows.", DataWarning, stacklevel=2)', "is the form"),
        ('warnings.warn("Two rows.")', "is the form"),
        ('from warnings import warn\nwarn("Two rows.", DataWarning)', "is the form"),
        ('warnings.warn(DataWarning("Two rows."))', "there is no Chinese sentence"),
        ('raise GridgovWarning("Two rows.", zh=None)', "there is no Chinese sentence"),
        ('DataWarning("Two rows.", zh="")', "there is no Chinese sentence"),
        ('Notice("rows", "a", "Two rows.")', "there is no Chinese sentence"),
        ('Notice("rows", "a", "Two rows.", "Two rows.")', "is not Chinese"),
        ('Notice("rows", "a", "Two rows.", detail_zh="两行, 已读取。")', "half-width marks"),
        ('DataWarning("Two rows.", zh="两行.")', "half-width marks"),
        ('DataWarning("Two rows.", zh="两行")', "does not end"),
        ('DataWarning(f"{rows:,} rows.", zh=f"{row:,} 行。")', "not the same numbers"),
        ('DataWarning(f"{rows:,} rows.", zh=f"{rows} 行。")', "not the same numbers"),
        ('DataWarning(f"{rows:,} rows.", zh="若干行。")', "not the same numbers"),
    ],
)
def test_a_sentence_that_is_missing_or_badly_written_is_found(code: str, said: str) -> None:
    assert any(said in found for found in faults(code))


@pytest.mark.parametrize(
    "code",
    [
        'warnings.warn(DataWarning(f"{n:,} rows.", zh=f"{n:,} 行。"), stacklevel=2)',
        'Notice("rows", "a", f"{n:,} rows: {words}", f"{n:,} 行：{words_zh}")',
        'DataWarning(" ".join(english), zh="".join(chinese))',
        'warn(seen, subject="incidents.csv")',
    ],
)
def test_a_sentence_in_both_languages_is_let_through(code: str) -> None:
    assert faults(code) == []


def test_the_sentences_of_readers_measures_figures_and_maps_are_among_those_checked() -> None:
    folders = {Path(name).parts[0] for name, code in FILES.items() if list(sentences(code))}
    assert {"sources", "hotspots", "coverage", "figures", "maps", "bulletin"} <= folders
