"""One spelling for every address: in goes any URL as found, out comes the one we store and compare.

Pure: knows no network, no source and no page. Folding is by rules that hold on any site; where a
rule is only usually right (`/amp/`, `_print.html`) it asks for more evidence than the name. What only pages
can tell (`?ref=3`, `/12` and `/12/`) stays, and `folded` says which addresses may be one.
"""

from __future__ import annotations

import hashlib
import re
import socket
from functools import cache, lru_cache
from urllib.parse import urljoin, urlsplit

import idna
from w3lib.url import safe_url_string

MAX_LENGTH = 2000
"""Characters; longer addresses are traps or state dumps (sites stay below Internet Explorer's 2,083)."""
_LONGEST_WRITTEN = 4 * MAX_LENGTH
"""Before sessions, trackers and escapes are taken out."""

_DEFAULT_PORTS = {"http": 80, "https": 443}

_SESSION_VALUE = re.compile(r"[0-9A-Fa-f-]{16,}|[0-9A-Za-z]{24,}")
_BUSTER_VALUE = re.compile(r"\d{10}(\d{3})?|0?\.\d+")
_SPM_VALUE = re.compile(r"[^.]+(?:\.[^.]*){2,}")
_SHARED_VALUES = frozenset(["timeline", "singlemessage", "groupmessage"])
"""What WeChat writes into `from`."""
_YES = frozenset(["", "1", "true", "yes", "y", "on"])
_VARIANTS = {  # name -> values that ask for another view of the same article
    "print": _YES,
    "printable": _YES,
    "printer": _YES,
    "isprint": _YES,
    "amp": _YES,
    "outputtype": frozenset(["amp"]),
    "view": frozenset(["print", "amp"]),
    "format": frozenset(["print", "amp"]),
    "action": frozenset(["print", "printview"]),
    "m": frozenset(["1"]),
    "mobile": _YES,
    "ismobile": _YES,
}

_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml?|xhtml|jhtml|php|aspx?|jsp|do)$", re.IGNORECASE)
_VARIANT_PATHS = (
    re.compile(r"(?P<keep>/.+?)/amp/?$", re.IGNORECASE),
    # `print` is also a trade (/services/print, 3d-print.html), so a number has to stand before it.
    re.compile(r"(?P<keep>/(?=\D*\d).*)/print/?$", re.IGNORECASE),
    re.compile(r"(?P<keep>/.*(?:\d[._-]|[0-9a-z][._]))(?:amp|print)(?P<end>\.[sx]?html?)$", re.IGNORECASE),
    re.compile(r"^/amp(?P<keep>/(?=\D*\d).*)$", re.IGNORECASE),
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")
_SLASHES = re.compile("//+")
_AUTHORITY = re.compile(r"https?://([a-z0-9.:-]+)(?=[/?#]|\Z)")
"""How nearly all addresses begin; whatever else is parsed."""
_IS_FOLDED = re.compile(_AUTHORITY.pattern + r"(?:/[!-\"$-.0->@\[-~]+)+")
_IGNORED = re.compile(r"[\t\n\r]")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_PLAIN = re.compile(
    r"(?P<host>https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}"
    r"(?::(?!80/|443/)(?:[1-5][0-9]{4}|[1-9][0-9]{0,3}))?/)"
    r"(?P<path>(?:[A-Za-z0-9_-]+/)*(?:[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?)?)"
    r"(?:\?(?P<query>[A-Za-z0-9_.~=&-]+))?"
)
"""Most addresses of news: nothing in them has a second spelling, which is seen in a tenth of the time."""
_FOLDS = re.compile("index|default|amp|print", re.IGNORECASE)
"""Unless a path folds to another's."""
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


def canonical_url(url: str, base: str | None = None, encoding: str = "utf-8") -> str:
    """The one spelling of an http(s) address; applying it twice changes nothing.

    Args:
        url: as found, absolute or relative to `base`.
        base: the page (or its <base>) that `url` was found on.
        encoding: of that page; browsers write a query's non-ASCII characters in it.

    Raises:
        ValueError: not an http(s) address, no valid host, or too long.
    """
    plain = _PLAIN.fullmatch(url) if base is None and len(url) <= MAX_LENGTH else None
    if plain and not _FOLDS.search(url, plain.end("host"), plain.end("path")):
        query = _query(plain["query"] or "")
        return url[: plain.end("path")] + ("?" + query if query else "")
    if len(url) > _LONGEST_WRITTEN:
        raise ValueError(f"longer than {_LONGEST_WRITTEN} characters: {url[:80]!r}...")
    raw = _IGNORED.sub("", url.strip(" \x00\x0b\x0c\t\n\r"))
    if base is not None:
        raw = urljoin(base, raw)
    if _UNSAFE.search(raw):
        raw = safe_url_string(raw.replace("\\", "/"), encoding)
    parts = urlsplit(raw)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http(s) address: {url[:200]!r}")
    host = _authority(parts.hostname, parts.port, scheme)
    query = _query(_unescape(parts.query))
    path = _path(_unescape(parts.path), bool(query))
    spelled = f"{scheme}://{host}{path}" + (f"?{query}" if query else "")
    if len(spelled) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters: {url[:80]!r}...")
    return spelled


def host_of(url: str) -> str:
    """The host, with the port where it is not the scheme's own: what a source is named by.

    Raises:
        ValueError: not an http(s) address or no valid host.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http(s) address: {url[:200]!r}")
    return _authority(parts.hostname, parts.port, scheme)


def address_key(url: str) -> int:
    """64 bits, signed, that stand for an address and for all that may be one page with it (`folded`)."""
    digest = hashlib.blake2b(folded(url).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def folded(url: str) -> str:
    """What addresses have in common that may be one page: its texts say whether they are.

    In: an address in its one spelling. Out: the same without parameters that mostly name the way to a page
    (`from`, `ref`, `t=1695782400`), doubled slashes and one at the end, its path in small letters.
    """
    if _IS_FOLDED.fullmatch(url):
        return url
    parts = urlsplit(without_ways(url))
    path = _SLASHES.sub("/", parts.path.lower()).rstrip("/") or "/"
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{parts.query}" if parts.query else "")


def without_ways(url: str) -> str:
    """An address in its one spelling without parameters that mostly name the way to a page."""
    page, _, query = url.partition("?")
    pairs = (pair for pair in query.split("&") if pair and not may_be_tracking(pair.partition("=")[0]))
    return "?".join(filter(None, (page, "&".join(pairs))))


def authority_of(url: str) -> str:
    """The host of an address in its one spelling, with its port, if any."""
    return plain[1] if (plain := _AUTHORITY.match(url)) else urlsplit(url).netloc


def may_be_tracking(name: str) -> bool:
    """Whether a parameter of this name mostly says by which way a page was reached."""
    return name.lower() in _listed("address.tracking_doubtful")


def resolve(base: str, href: str) -> str:
    """An href as browsers read it on a page; one that names the page's own host without a scheme as meant.

    `www.example.cn/a/1` on a page of www.example.cn or example.cn is that host's address, no path below the
    page.
    """
    path, mark, rest = href.strip().partition("?")
    href = path.replace("\\", "/") + mark + rest
    own = urlsplit(base).netloc.lower()
    named = href.partition("/")[0].lower()
    is_own = bool(own) and named.removeprefix("www.") == own.removeprefix("www.")
    return urljoin(base, f"//{href}" if is_own else href)


def based(url: str, href: str) -> str:
    """What a page's relative addresses are meant from: its first `<base href>`, if that is http(s) (HTML)."""
    try:
        base = urljoin(url, href.strip())
    except ValueError:
        return url
    return base if base.startswith(("http://", "https://")) else url


def same_host(a: str, b: str) -> bool:
    """Whether two addresses belong to one host and port; False where either is not http(s)."""
    try:
        return host_of(a) == host_of(b)
    except ValueError:
        return False


def _authority(hostname: str | None, port: int | None, scheme: str) -> str:
    host = _hostname(hostname or "")
    return host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"


@lru_cache(maxsize=10_000)
def _hostname(hostname: str) -> str:
    host = hostname.rstrip(".").lower()
    if ":" in host:
        return f"[{socket.inet_ntop(socket.AF_INET6, _packed_v6(host))}]"
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError(f"not a host name: {hostname[:100]!r}") from error
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise ValueError(f"not a host name: {hostname[:100]!r}")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):  # WHATWG URL: such a host is an IPv4 address
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError as error:
            raise ValueError(f"not an address: {hostname[:100]!r}") from error
    return host


def _packed_v6(host: str) -> bytes:
    try:
        return socket.inet_pton(socket.AF_INET6, host)
    except OSError as error:
        raise ValueError(f"not an address: {host[:100]!r}") from error


def _unescape(text: str) -> str:
    """Escapes of unreserved characters undone, the others in capitals (RFC 3986, 6.2.2)."""
    if "%" not in text:
        return text
    return _ESCAPE.sub(_one_escape, text)


def _one_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _path(path: str, has_query: bool) -> str:
    path = _without_dots(path or "/")
    while True:
        folded = _PATH_SESSION.sub("", path) if ";" in path else path
        if not has_query:
            folded = _INDEX.sub("/", folded)
        for variant in _VARIANT_PATHS:
            if match := variant.match(folded):
                end = match.groupdict().get("end")
                folded = match["keep"] if end is None else match["keep"][:-1] + end
        if folded == path:
            return path
        path = folded or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4; a path always begins with a slash."""
    if "/." not in path:
        return path if path.startswith("/") else "/" + path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
            continue
        if place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = [pair for pair in query.split("&") if pair]
    names = {pair.partition("=")[0].lower() for pair in pairs}
    kept = [pair for pair in pairs if not _names_no_page(pair, names)]
    kept.sort(key=lambda pair: pair.partition("=")[0])
    return "&".join(kept)


def _names_no_page(pair: str, names: set[str]) -> bool:
    """Whether a parameter says nothing of which page is meant, judged by its name and value."""
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _listed("address.tracking") or name.startswith(_prefixes("address.tracking_prefix")):
        return True
    if name == "spm" and _SPM_VALUE.fullmatch(value):
        return True
    if name == "from" and value.lower() in _SHARED_VALUES:
        return True
    if name in _listed("address.session") or name.startswith(_prefixes("address.session_prefix")):
        return True
    if name == "sid" and _SESSION_VALUE.fullmatch(value):  # a short sid is a section
        return True
    if name in _listed("address.cache_buster") and _BUSTER_VALUE.fullmatch(value):
        return True
    if name in {"m", "action"} and names & {
        "a",
        "c",
        "mod",
        "ac",
    }:  # phpcms, dedecms: m=content&c=index&a=show
        return False
    return value.lower() in _VARIANTS.get(name, ())


@cache
def _listed(name: str) -> frozenset[str]:
    from pipelines.words import words  # noqa: PLC0415  # loads numpy: only addresses with parameters ask

    return frozenset(words(name))


@cache
def _prefixes(name: str) -> tuple[str, ...]:
    return tuple(_listed(name))
