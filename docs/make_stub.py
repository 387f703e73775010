"""Write gridgov/__init__.pyi, the public names as type checkers and editors read them.

Usage: ``python docs/make_stub.py``; a test holds the file to the names in
``gridgov/__init__.py``, and nobody edits it by hand.
"""

from __future__ import annotations

from pathlib import Path

import gridgov

STUB = Path(gridgov.__file__).with_suffix(".pyi")
_LINE = 100


def stub() -> str:
    """Return the stub: every public name imported under its own name, which re-exports it."""
    subjects = [f"from gridgov import {name} as {name}" for name in gridgov._SUBJECTS]
    names = [
        _import(home, name)
        for home, name in sorted((home, name) for name, home in gridgov._HOMES.items())
    ]
    head = "# Written by docs/make_stub.py from the names in __init__.py: edit those."
    rest = ["", "__version__: str", "__all__: list[str]", ""]
    return "\n".join([head, *subjects, *names, *rest])


def _import(home: str, name: str) -> str:
    """Return one import, on three lines where one is too long, as the formatter has it."""
    line = f"from {home} import {name} as {name}"
    if len(line) <= _LINE:
        return line
    return f"from {home} import (\n    {name} as {name},\n)"


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
