import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.urls import MAX_LENGTH, canonical_url, folded, host_of, resolve, same_host

ONE_SPELLING = {
    "scheme, host and port": ("HTTP://WWW.Example.CN:80/a", "http://www.example.cn/a"),
    "a port of its own stays": ("https://example.cn:8443/a", "https://example.cn:8443/a"),
    "fragment": ("http://x.cn/a#top", "http://x.cn/a"),
    "empty path": ("http://x.cn", "http://x.cn/"),
    "user and password": ("http://me:secret@x.cn/a", "http://x.cn/a"),
    "dots": ("http://x.cn/a/../b/./c", "http://x.cn/b/c"),
    "dots above the root": ("http://x.cn/../../a", "http://x.cn/a"),
    "escaped dots": ("http://x.cn/a/%2E%2E/b", "http://x.cn/b"),
    "index file": ("http://x.cn/news/index.shtml", "http://x.cn/news/"),
    "default file": ("http://x.cn/Default.aspx", "http://x.cn/"),
    "numbered index is another page": ("http://x.cn/news/index_2.html", "http://x.cn/news/index_2.html"),
    "index with a query is a script": ("http://x.cn/index.php?id=3", "http://x.cn/index.php?id=3"),
    "tracking": ("http://x.cn/a?utm_source=wx&id=3&from=timeline&isappinstalled=0", "http://x.cn/a?id=3"),
    "share": ("http://x.cn/a?share_token=1&shareuid=2&id=3", "http://x.cn/a?id=3"),
    "a short spm is an id": ("http://x.cn/a?spm=3", "http://x.cn/a?spm=3"),
    "what may be the page's name stays": (
        "http://x.cn/a?t=1695782400&ref=3",
        "http://x.cn/a?ref=3&t=1695782400",
    ),
    "spm": ("http://x.cn/a?spm=a2c.b.0.0", "http://x.cn/a"),
    "order of a query": ("http://x.cn/a?b=2&a=1", "http://x.cn/a?a=1&b=2"),
    "order of one name's values": ("http://x.cn/a?b=2&a=9&b=1", "http://x.cn/a?a=9&b=2&b=1"),
    "session in the path": ("http://x.cn/a.jsp;jsessionid=0AB1?id=1", "http://x.cn/a.jsp?id=1"),
    "session in the query": ("http://x.cn/a?PHPSESSID=abc&id=1", "http://x.cn/a?id=1"),
    "a short sid is a section": ("http://x.cn/a?sid=12", "http://x.cn/a?sid=12"),
    "a long sid is a session": ("http://x.cn/a?sid=0123456789abcdef01", "http://x.cn/a"),
    "cache buster": ("http://x.cn/a?_=1695782400123&id=1", "http://x.cn/a?id=1"),
    "print view": ("http://x.cn/a.html?print=1", "http://x.cn/a.html"),
    "print path": ("http://x.cn/2023/a1/print/", "http://x.cn/2023/a1"),
    "print file": ("http://x.cn/2023/123_print.html", "http://x.cn/2023/123.html"),
    "print is also a trade": ("http://x.cn/services/print", "http://x.cn/services/print"),
    "a column of printing": ("http://x.cn/print/1.html", "http://x.cn/print/1.html"),
    "3d printing": ("http://x.cn/3d-print.html", "http://x.cn/3d-print.html"),
    "amp path": ("http://x.cn/2023/park-opens/amp/", "http://x.cn/2023/park-opens"),
    "amp parameter": ("http://x.cn/a?amp", "http://x.cn/a"),
    "amp prefix": ("http://x.cn/amp/news/123.html", "http://x.cn/news/123.html"),
    "amp as a word": ("http://x.cn/guitar-amp.html", "http://x.cn/guitar-amp.html"),
    "phpcms module": (
        "http://x.cn/index.php?m=content&c=index&a=show&id=3",
        "http://x.cn/index.php?a=show&c=index&id=3&m=content",
    ),
    "UTF-8 escapes": ("http://x.cn/%e5%9b%ad", "http://x.cn/%E5%9B%AD"),
    "GBK escapes": ("http://x.cn/s?n=%d4%b0%c7%f8", "http://x.cn/s?n=%D4%B0%C7%F8"),
    "needless escapes": ("http://x.cn/%61%7Eb", "http://x.cn/a~b"),
    "characters": ("http://x.cn/园区?n=新", "http://x.cn/%E5%9B%AD%E5%8C%BA?n=%E6%96%B0"),
    "a name in characters": ("http://例子.中国/", "http://xn--fsqu00a.xn--fiqs8s/"),
    "full-width name": ("http://ｅｘａｍｐｌｅ.cn/", "http://example.cn/"),
    "white space": (" http://x.cn/a\n", "http://x.cn/a"),
    "backslashes": ("http://x.cn\\a\\b", "http://x.cn/a/b"),
    "decimal address": ("http://2130706433/", "http://127.0.0.1/"),
    "short hex address": ("http://0x7f.1/", "http://127.0.0.1/"),
    "IPv6": ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"),
}


@pytest.mark.parametrize(("found", "spelled"), ONE_SPELLING.values(), ids=ONE_SPELLING.keys())
def test_an_address_has_one_spelling(found: str, spelled: str) -> None:
    assert canonical_url(found) == spelled


@pytest.mark.parametrize(
    "found",
    [
        "mailto:a@x.cn",
        "javascript:void(0)",
        "ftp://x.cn/",
        "data:text/html,x",
        "http://",
        "http:///a",
        "http://x.cn:port/",
        "http://x cn/",
        "http://1.2.3.4.5/",
        "http://[::zz]/",
        "http://a..b/\x00" + "x" * MAX_LENGTH,
        "",
    ],
)
def test_what_is_no_web_address_is_refused(found: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (that it is one is all that callers know)
        canonical_url(found)


@pytest.mark.parametrize(
    ("url", "common"),
    [
        ("http://x.cn/a?from=x&id=3", "http://x.cn/a?id=3"),
        ("http://x.cn/News//12/", "http://x.cn/news/12"),
        ("http://x.cn/a?t=1695782400", "http://x.cn/a"),
        ("http://x.cn/", "http://x.cn/"),
        ("http://x.cn/a?id=3", "http://x.cn/a?id=3"),
        ("http://x.cn/news/12.html", "http://x.cn/news/12.html"),
        ("http://x.cn/news/a.html#b", "http://x.cn/news/a.html"),
    ],
)
def test_addresses_that_may_be_one_page_have_something_in_common(url: str, common: str) -> None:
    assert folded(url) == common


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("www.x.cn/a/1", "http://www.x.cn/a/1"),
        ("x.cn/a/1", "http://x.cn/a/1"),
        ("a/1", "http://www.x.cn/b/a/1"),
        ("\\a\\1?n=\\", "http://www.x.cn/a/1?n=\\"),
        ("www.y.cn/a", "http://www.x.cn/b/www.y.cn/a"),
    ],
)
def test_the_own_host_without_a_scheme_is_the_host(href: str, url: str) -> None:
    assert resolve("http://www.x.cn/b/2", href) == url


def test_a_relative_address_is_read_from_its_base() -> None:
    assert canonical_url("../a.html?utm_source=x", "http://x.cn/news/b/c.html") == "http://x.cn/news/a.html"


def test_a_query_is_written_in_the_encoding_of_its_page() -> None:
    assert canonical_url("http://x.cn/s?n=园区", encoding="gb18030") == "http://x.cn/s?n=%D4%B0%C7%F8"


_PIECES = st.sampled_from(
    [
        "index.html", "default.aspx", "amp", "print", "amp.html", "1_print.html", "2023", "a", "..", ".", "",
        "%2e%2e", "%41", "%e5%9b", "园区", ";jsessionid=1", "a b", "%zz", "x;sid=2",
    ]
)  # fmt: skip
_PAIRS = st.sampled_from(
    [
        "utm_source=1",
        "a=1",
        "b",
        "print=1",
        "amp",
        "m=1",
        "c=x",
        "t=1695782400",
        "%75tm_a=1",
        "q=园",
        "=",
        "from=1",
    ]
)


@given(
    st.sampled_from(["http://x.cn", "HTTPS://X.cn:443", "http://例子.cn:81", "http://0x7f.1"]),
    st.lists(_PIECES, max_size=6),
    st.lists(_PAIRS, max_size=5),
)
def test_spelling_twice_changes_nothing(site: str, pieces: list[str], pairs: list[str]) -> None:
    once = canonical_url(f"{site}/{'/'.join(pieces)}?{'&'.join(pairs)}")
    assert canonical_url(once) == once


@given(st.text(max_size=60))
def test_any_text_has_a_stable_spelling_or_none(text: str) -> None:
    try:
        once = canonical_url("http://x.cn/" + text)
    except ValueError:
        return
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://WWW.x.cn:80/a", "www.x.cn"),
        ("https://x.cn:443/", "x.cn"),
        ("https://x.cn:80/", "x.cn:80"),
        ("http://a.localhost:8001/", "a.localhost:8001"),
        ("http://[::1]:8001/", "[::1]:8001"),
    ],
)
def test_a_host_carries_its_port_where_it_is_not_the_schemes_own(url: str, host: str) -> None:
    assert host_of(url) == host


def test_two_ports_are_two_hosts() -> None:
    assert [same_host("http://x.cn/a", "http://X.cn:80/b"), same_host("http://x.cn/", "http://x.cn:81/")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "place", ["/news/2023/1.html", "/", "/a/b", "/print/1.html", "/news/INDEX.html", "/Default.aspx"]
)
def test_the_quick_way_gives_what_the_long_way_gives(place: str) -> None:
    quick = canonical_url(f"https://www.example.cn{place}")
    assert quick == canonical_url(f"HTTPS://www.example.cn{place}")


@pytest.mark.parametrize("path", ["9" * 7_000, "amp/" * 1_700 + "x", "9/print/" * 900 + "x", "a-" * 3_500])
def test_a_long_address_is_refused_in_time_that_grows_with_its_length(path: str) -> None:
    began = time.process_time()
    for _ in range(20):
        with pytest.raises(ValueError, match="longer"):
            canonical_url(f"https://a.cn/{path}")
    assert time.process_time() - began < 2
