"""The site's name in a `<title>`: what stands behind the headline, and what is no headline at all."""

from __future__ import annotations

import re
import unicodedata

from pipelines.extract.part import size

_SEPARATORS = re.compile(r"\s*[_|｜»«›‹]\s*|\s+[-–—·•]+\s+|\s*(?:--|——)\s*|-(?=[^-]*$)|[·•](?=[^·•]*$)")
SITE_WORDS = re.compile(
    r"网$|網$|新闻|新聞|频道|頻道|中心|[日晚早时周]报$|[日晚早時週]報$|客户端|门户|官网"
    r"|首页|资讯|要闻|动态|在线|园区"
    r"|管委会|政府|公司|集团|栏目|媒体|快讯|平台|论坛|博客|协会|学会|研究院|大学|com\b"
    r"|news|times|daily|post|\.cn\b|media|online",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"-[^-\s]{1,6}(?:频道|頻道|新闻|新聞|资讯|动态|要闻|首页|财经|中心)$")
"""A channel between the title and the site: `-图片频道-海岸网`."""
_LONGEST_SITE = 16
_BODY_NAME = re.compile(r"[园區区网局委会處处院所站]$")


def normal(text: str) -> str:
    """Letters and digits alone, width and case folded: how titles are compared."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if c.isalnum())


def without_suffix(title: str, site_name: str = "") -> str:
    """A `<title>` without the site's and the channel's names at its end."""
    head = title.split("_", 1)[0].strip()
    if len(normal(head)) >= 6:  # headlines have no underscores; whatever follows one is the site's
        title = head
    parts = _SEPARATORS.split(title)
    if len(parts) < 2:
        return title.strip()
    ends = [match.start() for match in _SEPARATORS.finditer(title)]
    kept = len(parts)
    while kept > 1 and _is_suffix(parts[kept - 1], title[ends[kept - 2] :], site_name):
        kept -= 1
    text = title[: ends[kept - 1]] if kept < len(parts) else title
    channel = _CHANNEL.search(text) if kept < len(parts) else None
    text = text[: channel.start()] if channel and len(normal(text[: channel.start()])) >= 6 else text
    return text.strip(" -_|｜—·")


def site_suffix(title: str) -> str:
    """The last part of a `<title>`, where it looks like a site's name; else nothing."""
    parts = [part.strip() for part in _SEPARATORS.split(title)]
    last = parts[-1] if len(parts) > 1 else ""
    return last if last and len(last) <= 20 and SITE_WORDS.search(last) else ""


def may_be_site(title: str) -> bool:
    """Whether a `<title>` that no line of the page repeats may be the site's name and not a headline."""
    return size(title) <= _LONGEST_SITE and bool(SITE_WORDS.search(title) or _BODY_NAME.search(title))


def _is_suffix(part: str, with_separator: str, site_name: str) -> bool:
    key = normal(part)
    if not key or (site_name and key in normal(site_name)):
        return True
    strong = with_separator.lstrip()[:1] in "_|｜»«›‹" or with_separator[:1].isspace()
    if bool(SITE_WORDS.search(part) and len(part) <= 30) or (strong and len(part) <= 12):
        return True
    return with_separator[:1] == "-" and len(part) <= 14 and bool(_BODY_NAME.search(part))
