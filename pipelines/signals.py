"""What hosts and pages say to machines about the use of their texts, as data: nothing is judged here.

In: a robots.txt, a tdmrep.json, an answer's headers, a page's mark-up. Out: Rights of the kinds in `KINDS`,
each with its value and where it stood. Read are the W3C's TDM Reservation Protocol (header, meta, file),
Content Signals (robots.txt, header; contentsignals.org), the IETF's AI Preferences (`Content-Usage`;
draft-ietf-aipref-attach), Really Simple Licensing (`License`, links; rslstandard.org), and `noai` and
`noimageai` among the robots directives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ahocorasick_rs import BytesAhoCorasick

from pipelines.records import Right

KINDS = {
    "tdm-reservation": "1: rights in text and data mining are reserved; a policy's address may follow",
    "content-signal": "`ai-train=no`: what robots.txt or a header allows (search, ai-input, ai-train)",
    "content-usage": "`train-ai=n`: the same in the form of the IETF (train-ai, search, ...)",
    "rsl": "the address of a licence in RSL, or nothing where it stands in the page",
    "noai": "no use by AI",
    "noimageai": "no use of its pictures by AI",
}
"""Kinds of signals, and what their values mean."""
USES = ("search", "ai-input", "ai-train", "train-ai")
"""Single uses that content-signal and content-usage speak of."""
_USAGES = {"content-signal": "content-signal", "content-usage": "content-usage"}
_PREFERENCE = re.compile(r"^([a-z][a-z0-9-]{1,30})\s*=\s*(yes|no|y|n)$", re.IGNORECASE)
_NO = frozenset(["n", "no", "1"])
_TAG = re.compile(r"<(meta|link|script)\b([^>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z][a-z:-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_TELLING = BytesAhoCorasick([b"tdm-", b"noai", b"noimageai", b"rsl+xml"])
"""Of what most pages have none: looked for in small letters, all at once."""
_RSL_TYPE = "application/rsl+xml"
_RSL_LINK = re.compile(r'<([^<>]{1,500})>\s*;[^,]*\brel="?license"?', re.IGNORECASE)
_SIGNALS_MAX = 20
_VALUE_MAX = 500


@dataclass(frozen=True, slots=True)
class HostSignal:
    """What a file of the host says about a part of it."""

    path: str
    """A pattern of robots.txt (`/news/`, `/*.pdf$`), or empty for all."""
    right: Right


def robots_signals(text: str, agent: str) -> tuple[HostSignal, ...]:
    """What a robots.txt says about use, in the group of `agent` (a product token) or else in that for all."""
    found: dict[str, list[HostSignal]] = {agent.lower(): [], "*": []}
    named: set[str] = set()
    everywhere: list[HostSignal] = []
    agents: list[str] = ["*"]
    begins = True
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key in ("user-agent", "useragent"):
            agents = [*(agents if begins else []), re.split(r"[/\s]", value.lower())[0]]
            named.update(agents)
            begins = True
            continue
        begins = False
        if key == "license" and value:
            everywhere.append(HostSignal("", Right("rsl", value=value[:_VALUE_MAX], origin="robots.txt")))
        elif kind := _USAGES.get(key):
            path, preferences = _with_path(value)
            signals = [HostSignal(path, right) for right in _preferences(kind, preferences, "robots.txt")]
            for name in agents:
                if name in found:
                    found[name] += signals
    own = found[agent.lower()] if agent.lower() in named else found["*"]
    return (*own, *everywhere)[:_SIGNALS_MAX]


def tdmrep_signals(body: bytes) -> tuple[HostSignal, ...]:
    """What a /.well-known/tdmrep.json says, each rule with the part of the host that it is for."""
    try:
        rules = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    signals = []
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or str(rule.get("tdm-reservation")) not in ("0", "1"):
            continue
        value = f"{rule['tdm-reservation']} {rule.get('tdm-policy') or ''}".strip()[:_VALUE_MAX]
        right = Right("tdm-reservation", value=value, origin="tdmrep.json")
        signals.append(HostSignal(str(rule.get("location") or "/")[:200], right))
    return tuple(signals[:_SIGNALS_MAX])


def that_hold(signals: Iterable[HostSignal], url: str) -> tuple[Right, ...]:
    """Those of a host's signals that hold for one of its addresses: of each kind the most exact."""
    parts = urlsplit(url)
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    best: dict[tuple[str, str, str], tuple[int, Right]] = {}
    for signal in signals:
        right = signal.right
        if not _matches(signal.path, place):
            continue
        name = right.value.partition("=")[0] if "=" in right.value else ""
        key = (right.kind, name, right.origin)
        if key not in best or len(signal.path) > best[key][0]:
            best[key] = (len(signal.path), right)
    return tuple(right for _, right in best.values())


def page_signals(headers: Sequence[tuple[str, str]], html: str) -> tuple[Right, ...]:
    """What an answer's headers (names in lower case) and its page say."""
    return tuple(dict.fromkeys((*_header_signals(headers), *_markup_signals(html))))[:_SIGNALS_MAX]


def refuses(right: Right, wanted: str) -> bool:
    """Whether a signal forbids what a source respects: its kind, or one use (`ai-train`, `train-ai`)."""
    name, equals, value = right.value.partition("=")
    if equals and right.kind in _USAGES:
        return wanted in (right.kind, name) and value in _NO
    if right.kind == "tdm-reservation":
        return wanted == right.kind and right.value.split()[0] in _NO
    return wanted == right.kind


def _header_signals(headers: Sequence[tuple[str, str]]) -> Iterator[Right]:
    values = dict(headers)
    if (reserved := values.get("tdm-reservation", "").strip()) in ("0", "1"):
        yield _reservation(reserved, values.get("tdm-policy", ""), "header")
    for name, value in headers:
        if kind := _USAGES.get(name):
            yield from _preferences(kind, value, "header")
        elif name == "x-robots-tag":
            yield from _no_ai(value.rpartition(":")[2], "header")
        elif name == "link" and _RSL_TYPE in value:
            yield from (Right("rsl", value=found[1], origin="header") for found in _RSL_LINK.finditer(value))


def _markup_signals(html: str) -> Iterator[Right]:
    small = html.encode("utf-8", "surrogatepass").lower()  # a fifth of what str.lower takes of Chinese pages
    if not _TELLING.find_matches_as_indexes(small):
        return
    metas: dict[str, str] = {}
    for found in _TAG.finditer(html):
        tag = found[1].lower()
        attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(found[2])}
        if tag == "meta":
            metas.setdefault(attributes.get("name", "").lower(), attributes.get("content", "").strip())
        elif attributes.get("type", "").lower() == _RSL_TYPE:
            yield Right("rsl", value=attributes.get("href", "")[:_VALUE_MAX], origin=tag)
    if metas.get("tdm-reservation") in ("0", "1"):
        yield _reservation(metas["tdm-reservation"], metas.get("tdm-policy", ""), "meta")
    yield from _no_ai(metas.get("robots", ""), "meta")


def _reservation(reserved: str, policy: str, origin: str) -> Right:
    return Right("tdm-reservation", value=f"{reserved} {policy.strip()}".strip()[:_VALUE_MAX], origin=origin)


def _no_ai(directives: str, origin: str) -> Iterator[Right]:
    said = set(re.split(r"[\s,]+", directives.lower()))
    yield from (Right(kind, origin=origin) for kind in ("noai", "noimageai") if kind in said)


def _with_path(value: str) -> tuple[str, str]:
    """The part of the host that a line is for, where it names one, and what it says."""
    path, _, rest = value.partition(" ")
    return (path, rest) if path.startswith("/") else ("", value)


def _preferences(kind: str, value: str, origin: str) -> Iterator[Right]:
    for piece in value.split(","):
        if found := _PREFERENCE.match(piece.partition(";")[0].strip()):
            yield Right(kind, value=f"{found[1].lower()}={found[2].lower()}", origin=origin)


def _matches(pattern: str, place: str) -> bool:
    """Whether a path holds, as robots.txt and tdmrep.json mean it: `*` is anything, `$` the end."""
    if not pattern or pattern == "/":
        return True
    shape = re.escape(pattern.removesuffix("$")).replace(r"\*", ".*")
    return re.match(shape + ("$" if pattern.endswith("$") else ""), place) is not None
