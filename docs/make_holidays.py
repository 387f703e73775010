"""Write the dates of Chinese public holidays and swapped working days that the package carries.

    python docs/make_holidays.py            # write gridgov/assessment/deadlines/holidays_cn.csv
    python docs/make_holidays.py --check    # write nothing, compare the bytes

The dates come from chinesecalendar (MIT license), which follows the yearly notices of the
State Council. They are facts and change once a year, so they lie in the package as a file
and gridgov does not need chinesecalendar when it runs. The notice for a year comes out late
in the year before: then raise LAST, install the new chinesecalendar and run this again.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

FIRST, LAST = 2015, 2026
FILE = Path(__file__).resolve().parents[1] / "gridgov/assessment/deadlines/holidays_cn.csv"


def text() -> str:
    """Return the whole file."""
    words = {holiday.value: holiday.chinese for holiday in Holiday}
    days = [(date, "holiday", name) for date, name in holidays.items()]
    days += [(date, "workday", name) for date, name in workdays.items()]
    source = f"chinesecalendar {version('chinesecalendar')} (MIT)"
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["date", "kind", "name_zh", "name_en", "source"])
    for date, kind, name in sorted(days):
        if FIRST <= date.year <= LAST:
            writer.writerow([date.isoformat(), kind, words[name], name, source])
    return page.getvalue()


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare the bytes")
    made = text().encode()
    if parser.parse_args().check:
        if FILE.read_bytes() != made:
            print(f"{FILE.name} is not what {Path(__file__).name} makes", file=sys.stderr)
            return 1
        return 0
    FILE.write_bytes(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
