"""The licence check: everything that parknews needs at run time may be used by an Apache-2.0 project.

In: the installed distributions that parknews's own metadata leads to, dev tools left out; their licences
as pip-licenses reads them. Out: one line; or a line for each that does not fit, and exit code 1.

    python -m docs.licences
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "parknews"

ALLOWED = re.compile(
    r"""
      MIT(-0)?([ ]License)? | ISC.* | 0BSD | Unlicense | Zlib | CC0-1\.0 | Public[ ]Domain | BSL-1\.0
    | (New[ ]|Modified[ ]|Simplified[ ])?BSD([ ]License)? | BSD-[23]-Clause | (The[ ])?BSD.*[23]-Clause.*
    | Apache([ ]Software)?([ ]License)?(,?[ ](Version[ ])?2\.0)? | Apache-2\.0
    | PSF(-2\.0)? | Python([ ]Software[ ]Foundation)?([ ]License)? | Python-2\.0 | CNRI-Python
    | ZPL[- ]2\.1 | Zope[ ]Public[ ]License
    | MPL-2\.0 | Mozilla[ ]Public[ ]License[ ]2\.0.*
    | LGPL.* | GNU[ ](Library[ ]or[ ])?Lesser[ ]General[ ]Public[ ]License.*
    | GNU[ ]Library[ ]or[ ]Lesser[ ]General[ ]Public[ ]License.*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Permissive licences, and two whose duties end at their own files: MPL-2.0, and LGPL for a library that
is installed beside us and not vendored (the Apache Software Foundation's categories A and B, and LGPL as
a dependency that the user can replace)."""


def runtime_closure(name: str) -> set[str]:
    """The distributions that an installed one needs, itself left out; extras only where asked for."""
    found: set[tuple[str, frozenset[str]]] = set()
    todo = [(name, frozenset[str]())]
    while todo:
        todo += [needed for needed in _needs(*todo.pop()) if needed not in found]
        found.update(todo)
    return {needed for needed, _ in found} - {canonicalize_name(name)}


def fits(licence: str) -> bool:
    """Whether an expression (MIT, `A OR B`, `A AND B`, `A; B`) allows our use."""
    either = re.split(r"\s+OR\s+", licence.strip().strip("()"))
    return any(all(_allowed(part) for part in re.split(r"\s+AND\s+|;", option)) for option in either)


def main() -> int:
    """Prints the verdict; returns the exit code."""
    licences = _licences(runtime_closure(PROJECT))
    wrong = {name: licence for name, licence in licences.items() if not fits(licence)}
    for name, licence in sorted(wrong.items()):
        print(f"{name}: {licence}: does not fit an Apache-2.0 project; replace it, or allow it in {__file__}")
    if not wrong:
        print(f"licences: all {len(licences)} runtime dependencies fit Apache-2.0")
    return 1 if wrong else 0


def _needs(name: str, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    requirements = [Requirement(line) for line in lines]
    return [
        (canonicalize_name(needed.name), frozenset(needed.extras))
        for needed in requirements
        if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras | {""})
    ]


def _licences(names: set[str]) -> dict[str, str]:
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603  # our own interpreter
    by_name = {canonicalize_name(row["Name"]): row["License"] for row in listed}
    return {name: by_name.get(name, "not installed") for name in names}


def _allowed(part: str) -> bool:
    return ALLOWED.fullmatch(part.strip().strip("()")) is not None


if __name__ == "__main__":
    sys.exit(main())
