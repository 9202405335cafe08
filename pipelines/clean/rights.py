"""The notices on a page in; what they say about rights, and whom to ask for a takedown, out as data.

The notices are what cleaning stripped, within the article and below it, so nothing is lost with them: a
person who handles a complaint needs the holder and the contact, not the paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.clean.rules import PHONES
from pipelines.records import Right, Stripped
from pipelines.words import pattern

_KINDS = {
    "licence": pattern("{copyright.licence}", as_written=True),
    "takedown": pattern("{copyright.right_takedown}", as_written=True),
    "reprint-with-credit": pattern("{copyright.right_with_credit}", as_written=True),
    "reprint-needs-consent": pattern("{copyright.right_with_consent}", as_written=True),
    "reserved": pattern("{copyright.right_reserved}", as_written=True),
}
_HOLDERS = (
    pattern(r"{copyright.owned}(.{2,30}?)(?:{copyright.owns}|[。，,；;]|$)", as_written=True),
    pattern(
        r"{copyright.owner}\s?[:：©]?\s?(?:\d{4}(?:\s?[-–—]\s?\d{4})?)?\s?([\w\u4e00-\u9fff（）()·. ]{2,40}?)"
        r"(?:{copyright.owner_ends}|[。，,|｜；;]|\s{2}|$)",
        as_written=True,
    ),
    pattern(
        r"^(?:{copyright.word|copyright.mark|copyright.letter}|\d{4}|[\s–—-])*\s?([\u4e00-\u9fff·]{2,30}?)\s?{copyright.owner}",
        as_written=True,
    ),
    pattern(
        r"{copyright.word|copyright.mark}\s?{copyright.mark|copyright.letter}?\s?"
        r"(?:\d{4}(?:\s?[-–—]\s?(?:\d{4}|present))?,?)?\s?(?:by )?([^.。|｜,，;；©\d][^.。|｜,，;；©]{1,50})"
    ),
    pattern(
        r"{credit.label}\s?[:：]\s?([^”\"』」]{2,20})[”\"』」].{0,8}{copyright.contents}", as_written=True
    ),
)
_AFTER_HOLDER = pattern(r"\s{copyright.after_owner}", as_written=True)
_NOT_HOLDER = pattern(r"^{copyright.no_owner}$|^\W*$", as_written=True)
_MAIL = re.compile(
    r"[\w.+-]{1,64}(?:@|＠|\(at\)|#)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.IGNORECASE | re.ASCII
)
_OTHER_CONTACT = pattern(r"{contact.other}\s?[:：]\s?([^\s，,。；;]{4,60})", as_written=True)
_NEAR = 3
"""Pieces after a takedown notice in which its contact may stand in a line of its own."""
_MOST = 12
_EVIDENCE = 300


def read_rights(stripped: Sequence[Stripped]) -> tuple[Right, ...]:
    """What the stripped notices say about rights, in page order, each once."""
    found: dict[tuple[str, str, str], Right] = {}
    for index, piece in enumerate(stripped):
        if piece.kind not in ("copyright", "contact", "editor") or len(piece.text) > 3000:
            continue
        holder = _holder(piece.text)
        for kind, says in _KINDS.items():
            if says.search(piece.text):
                contact = _contact_near(stripped, index) if kind == "takedown" else ""
                right = Right(kind, holder, contact, piece.text[:_EVIDENCE])
                found.setdefault((kind, holder, contact), right)
    return tuple(found.values())[:_MOST]


def _holder(text: str) -> str:
    """Whom a notice names as the owner; empty where it names nobody in particular."""
    for holds in _HOLDERS:
        match = holds.search(text)
        name = _AFTER_HOLDER.split(match[1])[0].strip(' \t:：-–—“”"《》()（）的') if match else ""
        if 2 <= len(name) <= 50 and not _NOT_HOLDER.match(name):
            return name
    return ""


def _contact_near(stripped: Sequence[Stripped], index: int) -> str:
    """The takedown contact: in the notice itself, else in the lines right below it."""
    own = _contact(stripped[index].text)
    below = (
        _contact(piece.text) for piece in stripped[index + 1 : index + 1 + _NEAR] if piece.kind == "contact"
    )
    return own or next((contact for contact in below if contact), "")


def _contact(text: str) -> str:
    found = [match[0] for match in _MAIL.finditer(text)] + [
        match[0].strip() for match in PHONES.finditer(text)
    ]
    if not found:
        found = [match[1] for match in _OTHER_CONTACT.finditer(text)]
    return ", ".join(dict.fromkeys(found))[:200]
