"""Pages that ask for proof of a human instead of giving an answer; named as such, and never got round.

Pure: a status and a body in. What such a page says of an address (404, an empty article) is not the
address's own: nothing is concluded from it.
"""

from __future__ import annotations

import re

from pipelines.decode import decode_body
from pipelines.words import pattern

REASON = "bot challenge"
_STATUSES = frozenset([412, 521])
"""What Chinese government sites' shields (瑞数, 加速乐) answer before their script has run."""
_LARGEST_BYTES = 60_000
_MARKS = re.compile(
    rb"__jsl_clearance|acw_sc__v[23]|_waf_bd8ce2ce37|cf[-_]chl|challenge-platform|/_guard/|__tst_status|"
    rb"EO_Bot_Ssid|probe\.js\?v=|aliyun_waf|captcha-delivery|sucuri_cloudproxy|_Incapsula_Resource|"
    rb"<title>\s*(?:Just a moment|Attention Required|DDoS protection|Checking your browser)",
    re.IGNORECASE,
)
_PROOF = pattern("{kind.challenge}")
_SCRIPT = re.compile(rb"<script", re.IGNORECASE)
_TITLE = re.compile(r"(?is)<title[^>]*>(.{0,200}?)</title>")


def is_challenge(status: int, body: bytes) -> bool:
    """Whether an answer is a shield's and not the site's."""
    if status in _STATUSES:
        return True
    if len(body) > _LARGEST_BYTES or not _SCRIPT.search(body):
        return False
    if _MARKS.search(body):
        return True
    read = decode_body(body, "")
    title = _TITLE.search("" if isinstance(read, str) else read.html)
    return title is not None and _PROOF.search(title[1]) is not None
