"""Values of options that several commands take."""

from __future__ import annotations

import re

from pipelines.errors import ConfigurationError


def day_of(option: str, value: str) -> str:
    """A day, month or year from an option; raises ConfigurationError."""
    if value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        raise ConfigurationError(
            f"{option} {value}: write a day, month or year as 2025-03-01, 2025-03 or 2025"
        )
    return value
