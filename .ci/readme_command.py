"""Print the command that stands in the README under a marker.

A marker is an HTML comment such as ``<!-- command: tests -->``; the command is the
fenced block after it.
"""

import re
import sys
from pathlib import Path


def command(text: str, name: str) -> str:
    """Return the fenced block that follows the marker `name`."""
    found = re.search(rf"<!-- command: {re.escape(name)} -->\s*```\w*\n(.*?)```", text, re.DOTALL)
    if not found:
        raise SystemExit(f"README.md has no fenced block after <!-- command: {name} -->")
    return found.group(1).strip()


if __name__ == "__main__":
    print(command(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]))
