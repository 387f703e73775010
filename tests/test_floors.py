"""The house rule: a module imports only from floors below its own, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "gridgov"

FLOORS = {
    "errors": 0,
    "columns": 0,
    "schema": 0,
    "checks": 0,
    "taxonomy": 0,
    "arrays": 1,
    "geo": 1,
    "sources": 2,
    "place": 3,
    "hotspots": 4,
    "coverage": 4,
    "campaigns": 4,
    "assessment": 4,
    "maps": 5,
    "figures": 5,
    "bulletin": 5,
    "scale": 5,
    "commands": 6,
    "cli": 6,
    "__main__": 6,
}
MEASURES = {"place", "hotspots", "coverage", "campaigns", "assessment"}
# A folder whose functions are called by its name, as in gg.scale.locate_folder: its
# __init__ imports them and lists them, and nothing else.
FACES = {"gridgov.scale.__init__"}


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "__init__.py"
    }


def imports_of(source: str, known: set[str]) -> set[str]:
    """Return the gridgov modules that a source names in an import, wherever it stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name in known}


def place_of(module: str) -> str:
    return module.split(".")[1]


def broken_rules(sources: dict[str, str]) -> list[str]:
    known = set(sources)
    broken = []
    for module, source in sources.items():
        here = place_of(module)
        if here not in FLOORS:
            broken.append(f"{module} lies on no floor: name it in DESIGN and in FLOORS")
            continue
        for other in sorted(imports_of(source, known)):
            there = place_of(other)
            if FLOORS.get(there, 99) > FLOORS[here]:
                broken.append(f"{module} (floor {FLOORS[here]}) imports {other} from above")
            if here in MEASURES and there == "sources":
                broken.append(f"{module} is a measure and imports {other} from sources")
    return broken


def circle(sources: dict[str, str]) -> list[str]:
    known = set(sources)
    graph = {name: imports_of(source, known) - {name} for name, source in sources.items()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def real_sources() -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in modules().items()}


def test_every_module_imports_only_from_floors_below() -> None:
    assert broken_rules(real_sources()) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(real_sources()) == []


def test_a_folder_init_is_a_docstring_and_nothing_else() -> None:
    for name, source in real_sources().items():
        if name.endswith("__init__"):
            body = ast.parse(source).body
            assert isinstance(body[0], ast.Expr), name
            if name in FACES:
                *imports, names = body[1:]
                assert all(isinstance(node, ast.ImportFrom) for node in imports), name
                assert isinstance(names, ast.Assign), name
            else:
                assert len(body) == 1, name


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("from gridgov.maps.words import x", "from above"),
        ("from gridgov.sources.tables import x", "from sources"),
    ],
)
def test_the_check_itself_names_a_broken_rule(source: str, rule: str) -> None:
    sources = {
        "gridgov.hotspots.probe": source,
        "gridgov.maps.words": "",
        "gridgov.sources.tables": "",
    }
    assert any(rule in line for line in broken_rules(sources))


def test_the_check_itself_sees_a_circle() -> None:
    sources = {
        "gridgov.geo.one": "from gridgov.geo import two",
        "gridgov.geo.two": "import gridgov.geo.one",
    }
    assert set(circle(sources)) == {"gridgov.geo.one", "gridgov.geo.two"}
