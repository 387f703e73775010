"""The command: write the sample, or check that writing it again gives the same bytes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sample_data.generator.writing import make_files


def main(argv: list[str] | None = None) -> int:
    """Write or check the sample; return 1 if a file differs."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.generator", description=__doc__)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parents[1],
        help="folder to write to, or to compare with; sample_data/ when left out",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, compare the bytes")
    options = parser.parse_args(argv)
    differing = []
    for name, content in make_files().items():
        path = options.out / name
        if options.check:
            same = path.is_file() and path.read_bytes() == content
            differing += [] if same else [name]
            print(f"{'same' if same else 'DIFFERS':>8} {len(content):>9,} bytes  {name}")
        else:
            options.out.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"   wrote {len(content):>9,} bytes  {name}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
