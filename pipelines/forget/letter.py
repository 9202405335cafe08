"""A letter read: the addresses, titles, passages and names that it speaks of. Pure.

In: text as it was pasted, Chinese or English. Out: what it asks about, in its order, each once. Whether the
archive has any of it is find.py's question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipelines.archive.kept_out.blocks import has_public_suffix
from pipelines.urls import canonical_url

Kind = Literal["address", "host", "quoted", "line", "sentence"]

PASSAGE_LEAST = 12
"""Characters from which on words are looked for in texts: a shorter piece is a name."""

_LINE_MOST = 80
"""Characters of a line that may be a name or a title by itself; a longer one is sentences."""
_ENDS = r"\s<>\"“”‘’《》〈〉「」『』【】（），。；！？、：…|\\^`"
_SCHEMED = re.compile(
    rf"https?[:：][/／]{{2}}(?:(?!(?:[,;]|(?<=[a-z])\d{{1,2}}[.)])https?:)[^{_ENDS}])+", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:(?<![A-Za-z0-9_@./:%-])|(?<=[^:\w]//))"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,24}|\d{1,3})(?P<port>:\d{2,5})?)"
    rf"(?P<path>[/?][^{_ENDS}]*)?(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
_ASCII = re.compile(r"(?:https?：?[/／]{2})?[!-~]+", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(https?://[!-~]{1,2000}[/=&?-])\n(?=>* ?[!-~]*\d[!-~]*\.s?html?\b)(?:>+ ?)?", re.IGNORECASE
)
"""A mail program breaks long lines; what stands above the break would be everything of a column."""
_WIDE = re.compile(r"[Ａ-Ｚａ-ｚ０-９][Ａ-Ｚａ-ｚ０-９．／：－＿＝＆％＃？]{5,}")
_MASKED = (re.compile(r"\bhxxp(s?)(?=[:：])", re.IGNORECASE), re.compile(r"[\[(]\.[\])]"))
"""As addresses are written so that nobody follows them by mistake."""
_ENDING = re.compile(r"[^?#]*?\.(?:s?html?|php|aspx?|jsp|pdf)(?=[\u4e00-\u9fff])", re.IGNORECASE)
"""A page's ending; the sentence goes on behind it."""
_VALUE_FOLLOWS = re.compile(r"[/=&_%-]$")
"""Behind these an ideograph belongs to the address; behind others the sentence goes on."""
_NOTE = re.compile(r"[,;](?=\d{4}-\d\d|[^/\d]*$)|(?:(?<=\.\w{3})|(?<=\.\w{4}))[,;]")
"""What parts an address from the next column of a list: addresses have commas too (/c,1,2.html)."""
_TRAILING = ".,;:!?'\"*]>}"
_NUMBERING = re.compile(r"^\s*(?:[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.．、)）:：]\s*|[-*•·–—]\s+)")
_SENTENCES = re.compile(r"(?<=[。！？!?；;\n])|(?<=\.)\s+")
_PAIRS = ("《》", "〈〉", "「」", "『』", "【】", "“”", "«»", "»«", "‹›", "›‹", "﹁﹂", "﹃﹄", "〝〞")
_QUOTED = (
    *(re.compile(rf"{pair[0]}((?:[^{pair}]|{pair[0]}[^{pair}]*{pair[1]})+){pair[1]}") for pair in _PAIRS),
    *(
        re.compile(pattern, re.DOTALL)
        for pattern in (
            r"‘(.{4,400}?)’(?!\w)",
            r"(?<!\w)\"([^\"]+)\"(?!\w)",
            r"＂([^＂]+)＂",
            r"[“„]([^“”„]+)[”“]",
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a letter speaks of."""

    kind: Kind
    """address, host; quoted: a title, passage or name in quotation marks; line: words on a line of their own,
    which may be any of these; sentence: the letter's own prose, or a passage without marks."""
    words: str
    """An address in its one spelling; other words as they stand there."""


def read_letter(text: str) -> list[Asked]:
    """What a letter asks about: first addresses and hosts, then what it quotes, then its lines."""
    text = unwrapped(text)
    addresses = sorted(_addresses(text), key=lambda found: found[0])
    text = _without(text, [(start, end) for start, end, _ in addresses], "\n")
    quoted = _quoted(text)
    text = _without(text, [(start, end) for start, end, _ in quoted], " ")
    asked = [asked for _, _, asked in addresses]
    asked += [Asked("quoted", words) for _, _, words in quoted if words]
    return list(dict.fromkeys([*asked, *_lines(text)]))


def unwrapped(text: str) -> str:
    """A letter with its addresses in one piece, not masked and not in wide letters."""
    text = _WRAPPED.sub(r"\1", text.replace("\r\n", "\n"))
    text = _WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide[0]), text)
    return _MASKED[1].sub(".", _MASKED[0].sub(r"http\1", text))


def _without(text: str, spans: list[tuple[int, int]], sign: str) -> str:
    for start, end in reversed(spans):
        text = text[:start] + sign + text[end:]
    return text


def _addresses(text: str) -> Iterator[tuple[int, int, Asked]]:
    """Addresses and hosts with where they stand."""
    taken = []
    for match in _SCHEMED.finditer(text):
        taken.append(match.span())
        if url := _spelled(address := _cut(match[0])):
            yield match.start(), match.start() + len(address), Asked("address", url)
    for match in _BARE.finditer(text):
        host = match["host"]
        is_number = host.partition(":")[0].rpartition(".")[2].isdecimal()
        is_host = bool(match["port"]) or (bool(match["path"]) if is_number else has_public_suffix(host))
        if not is_host or any(start <= match.start() < end for start, end in taken):
            continue
        whole = _cut(match[0])
        end = match.start() + len(whole)
        if whole.rstrip("/") == host:
            yield match.start(), end, Asked("host", host.lower())
        elif url := _spelled(f"https://{whole}"):
            yield match.start(), end, Asked("address", url)


def _cut(address: str) -> str:
    """An address without the sentence, note or sign behind it."""
    if ended := _ENDING.match(address):
        address = ended[0]
    ascii_part = _ASCII.match(address)
    if ascii_part and not _VALUE_FOLLOWS.search(ascii_part[0]):
        address = ascii_part[0]
    if note := _NOTE.search(address, address.find("//") + 2):
        address = address[: note.start()]
    while address[-1:] in _TRAILING or (address[-1:] == ")" and address.count("(") < address.count(")")):
        address = address[:-1]
    return address


def _spelled(address: str) -> str:
    try:
        return canonical_url("".join(unicodedata.normalize("NFKC", address).split()).replace("&amp;", "&"))
    except ValueError:
        return ""


def _quoted(text: str) -> list[tuple[int, int, str]]:
    """What stands in quotation marks, the outermost of each nest: where, and the words on one line."""
    spans = [
        (*match.span(), " ".join(match[1].split())) for pattern in _QUOTED for match in pattern.finditer(text)
    ]
    outermost: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not outermost or span[0] >= outermost[-1][1]:
            outermost.append(span)
    return outermost


def _lines(text: str) -> Iterator[Asked]:
    """Words on a line of their own, and the sentences of longer ones."""
    for line in text.split("\n"):
        words = _NUMBERING.sub("", line).strip(" \t\u3000,，、;；:：")
        if not words:
            continue
        if len(words) <= _LINE_MOST and not re.search(r"[。！？!?]", words):
            yield Asked("line", words)
            continue
        for sentence in _SENTENCES.split(line):
            if len(said := sentence.strip()) >= PASSAGE_LEAST:
                yield Asked("sentence", said)
