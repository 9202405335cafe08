"""Pinyin in brackets after characters, 產(chǎn)業(yè)園區: an obfuscation that hides a copy from search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRACKETED = re.compile(
    r"(?<=[\u3400-\u9fff])[（(]\s?([a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿɡê]{1,7}[1-5]?)\s?[)）]"
)
_TONED = re.compile("[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ]")
_SYLLABLE = re.compile(r"^(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?[aeiouüvɡ]{1,3}(?:n|ng|r|nɡ)?[1-5]?$")
_PLAIN_NEEDED = 4
"""Bracketed syllables without tone marks that a text must have: one alone may be an abbreviation."""


def drop_pinyin(lines: Sequence[str]) -> tuple[list[str], str]:
    """The lines without bracketed syllables, and the syllables that were dropped, in order."""
    found = [match[1] for line in lines for match in _BRACKETED.finditer(line)]
    plain = [syllable for syllable in found if not _TONED.search(syllable) and _SYLLABLE.match(syllable)]
    taken = {syllable for syllable in found if _TONED.search(syllable)}
    if len(plain) >= _PLAIN_NEEDED or taken:
        taken.update(plain)
    if not taken:
        return list(lines), ""
    dropped: list[str] = []

    def _drop(match: re.Match[str]) -> str:
        if match[1] not in taken:
            return match[0]
        dropped.append(match[0])
        return ""

    return [_BRACKETED.sub(_drop, line) for line in lines], "".join(dropped)
