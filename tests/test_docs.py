"""The documentation says what the code does."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import gridgov
from gridgov.columns import TABLES

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> Any:
    """Load one of the scripts that make pages."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lists_on_the_page_of_reading_are_made_from_the_code() -> None:
    text = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
    assert "`duplicate_id`" in text
    assert "`nyc311`" in text
    assert script("make_reading").filled(text) == text


def test_the_page_of_tables_is_made_from_the_columns() -> None:
    module = script("make_tables")
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == module.page()
    assert all(f"## {name}" in module.page() for name in TABLES)


def test_every_link_inside_the_documentation_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    targets = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http")
    ]
    assert targets
    assert [str(target) for page, target in targets if not (page.parent / target).exists()] == []


def test_a_page_lists_every_public_function_as_its_docstring_begins() -> None:
    text = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    assert [name for name in gridgov.__all__ if f"`{name}`" not in text] == []
    assert script("make_functions").filled(text) == text


def test_the_readme_holds_the_two_commands_that_do_all_the_set_up() -> None:
    for name in ("main-job", "tests"):
        run = subprocess.run(
            [
                sys.executable,
                str(ROOT / ".ci" / "readme_command.py"),
                str(ROOT / "README.md"),
                name,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "pip install" in run.stdout


def test_the_version_is_the_same_everywhere() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{gridgov.__version__}"' in text
    assert f"## {gridgov.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
