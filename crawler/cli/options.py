"""Values of options that several commands take."""

from __future__ import annotations

import difflib
import re
from datetime import date

from pipelines.errors import ConfigurationError


def day_of(option: str, value: str) -> str:
    """A day, month or year from an option; raises ConfigurationError."""
    if value and not _is_day(value):
        raise ConfigurationError(
            f"{option} {value}: write a day, month or year as 2025-03-01, 2025-03 or 2025"
        )
    return value


def _is_day(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def region_of(name: str) -> str:
    """The code of a region from an option; raises ConfigurationError where it is not one."""
    from pipelines.places import division_names, region_codes, region_name  # noqa: PLC0415  # --help needs none

    codes = region_codes(name)
    if not codes:
        near = difflib.get_close_matches(name, division_names().values(), n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else "; write a name or code of GB/T 2260 as 苏州 or 320500"
        )
        raise ConfigurationError(f"--region {name}: no such region{hint}")
    if len(codes) > 1:
        which = ", ".join(f"{code} ({region_name(code[:2] + '0000')})" for code in codes[:8])
        raise ConfigurationError(f"--region {name}: there are {len(codes)}: give a code: {which}")
    return codes[0]
