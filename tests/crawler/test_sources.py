import re
from pathlib import Path

import pytest

from crawler.config import require_contact
from crawler.sources import choose, duration_s, read_sources
from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource, Selectors

GOOD = """\
# our park
[[source]]
host = "www.example-park.gov.cn"
name = "示例园区"
start_urls = ["https://www.example-park.gov.cn/news/"]
"""


def _error(tmp_path: Path, text: str) -> str:
    """The message for a sources file, its folder left out."""
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_sources(path)
    return str(caught.value).replace(f"{tmp_path}/", "")


def _read(tmp_path: Path, text: str) -> list[CrawlSource]:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return read_sources(path)


def test_a_host_a_name_and_one_start_url_are_enough(tmp_path: Path) -> None:
    assert _read(tmp_path, GOOD) == [
        CrawlSource(
            host="www.example-park.gov.cn",
            name="示例园区",
            start_urls=("https://www.example-park.gov.cn/news/",),
        )
    ]


def test_the_example_shown_to_newcomers_can_be_read(tmp_path: Path) -> None:
    shown = (Path(__file__).parents[2] / "data" / "sources.toml").read_text(encoding="utf-8")
    example = "\n".join(re.findall(r"^# ((?:\[\[|\w+ = ).*)", shown, re.MULTILINE))
    assert [source.host for source in _read(tmp_path, example)] == ["www.example-park.gov.cn"]


def test_every_key_sets_its_field(tmp_path: Path) -> None:
    text = """\
[[source]]
host = "Intranet.Example.CN:8080"
name = "内网"
start_urls = ["http://intranet.example.cn:8080/", "http://a.intranet.example.cn:8080/"]
every = "1.5d"
allow_private = true
delay_s = 0
include_subdomains = true
time_zone = "Asia/Taipei"
allowed_paths = ["/news/"]
max_depth = 3
max_list_pages = 50
max_pages = 100
"""
    assert _read(
        tmp_path,
        text.replace('"http://news.intranet.example.cn:8080/"', '"http://a.intranet.example.cn:8080/"'),
    ) == [
        CrawlSource(
            host="intranet.example.cn:8080",
            name="内网",
            start_urls=("http://intranet.example.cn:8080/", "http://a.intranet.example.cn:8080/"),
            every_s=129600.0,
            allow_private=True,
            delay_s=0.0,
            include_subdomains=True,
            time_zone="Asia/Taipei",
            allowed_paths=("/news/",),
            max_depth=3,
            max_list_pages=50,
            max_pages=100,
        )
    ]


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert [source.host for source in read_sources(path)] == ["www.example-park.gov.cn"]


def test_a_file_of_comments_has_no_sources(tmp_path: Path) -> None:
    assert _read(tmp_path, "# nothing yet\n") == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('every = "6 hours"', 'must be a duration such as "30m", "6h", "1d" or "2w", not \'6 hours\''),
        ("every = 6", 'must be a duration in quotation marks, such as "6h", not 6'),
        ('delay_s = "1"', "must be a number of seconds, 0 or more, not '1'"),
        ("delay_s = nan", "must be a number of seconds, 0 or more, not nan"),
        ("delay_s = true", "must be a number of seconds, 0 or more, not True"),
        ('allow_private = "yes"', "must be true or false, not 'yes'"),
        ('time_zone = "Asia/Peking"', "must be a time zone such as \"Asia/Shanghai\", not 'Asia/Peking'"),
        (
            'allowed_paths = ["news"]',
            'must be a list of paths that start with "/": ["/news/"], not [\'news\']',
        ),
        ("max_pages = 0", "must be a whole number, 1 or more, not 0"),
    ],
)
def test_a_wrong_value_names_its_line_and_what_is_right(tmp_path: Path, line: str, problem: str) -> None:
    key = line.split(maxsplit=1)[0]
    expected = f"sources.toml:6: {key} in [[source]] www.example-park.gov.cn {problem}"
    assert _error(tmp_path, GOOD + line + "\n") == expected


@pytest.mark.parametrize(("line", "hint"), [("dealy_s = 2", "; did you mean 'delay_s'?"), ("zzzz = 2", "")])
def test_an_unknown_key_names_its_line_and_the_nearest_key(tmp_path: Path, line: str, hint: str) -> None:
    key = line.split(maxsplit=1)[0]
    expected = f"sources.toml:6: unknown key {key!r} in [[source]] www.example-park.gov.cn{hint}"
    assert _error(tmp_path, GOOD + line + "\n") == expected


@pytest.mark.parametrize("missing", ["host", "name", "start_urls"])
def test_a_missing_key_names_the_source_and_its_line(tmp_path: Path, missing: str) -> None:
    text = "".join(line for line in GOOD.splitlines(keepends=True) if not line.startswith(missing))
    message = _error(tmp_path, text)
    assert message.startswith("sources.toml:2: [[source]]")
    assert f"has no {missing};" in message


def test_the_line_is_that_of_the_wrong_source_not_of_the_first(tmp_path: Path) -> None:
    second = GOOD.replace("www.", "news.") + 'delay_s = "x"\n'
    assert _error(tmp_path, GOOD + "delay_s = 1\n\n" + second).startswith(
        "sources.toml:13: delay_s in [[source]] news."
    )


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    assert _error(tmp_path, GOOD + "delay_s 1\n") == (
        "sources.toml:6: not valid TOML: Expected '=' after a key in a key/value pair (column 9)"
    )


def test_toml_that_ends_too_early_names_its_last_line(tmp_path: Path) -> None:
    message = _error(tmp_path, '[[source]]\nhost = "a')
    assert message.startswith("sources.toml:2: not valid TOML: ")


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(GOOD.encode("gbk"))
    with pytest.raises(ConfigurationError, match=r":4: not UTF-8"):
        read_sources(path)


def test_a_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"no such sources file; write one with `parknews sources add"
    ):
        read_sources(tmp_path / "none.toml")


def test_a_key_above_the_first_source_says_where_it_belongs(tmp_path: Path) -> None:
    message = _error(tmp_path, 'host = "www.example-park.gov.cn"\n' + GOOD)
    assert message == "sources.toml:1: unknown key 'host'; host belongs below a line [[source]]"


def test_a_start_url_on_another_host_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("https://www.example-park.gov.cn/", "https://www.other.cn/")
    assert _error(tmp_path, text).startswith(
        "sources.toml:5: start URL https://www.other.cn/news/ is on www.other.cn, not on the source's host"
    )


def test_a_start_url_on_another_port_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("https://www.example-park.gov.cn/", "https://www.example-park.gov.cn:8443/")
    assert "is on www.example-park.gov.cn:8443" in _error(tmp_path, text)


def test_a_start_url_on_a_subdomain_says_how_to_allow_it(tmp_path: Path) -> None:
    text = GOOD.replace("https://www", "https://a.www")
    assert _error(tmp_path, text).endswith("or set include_subdomains = true")


def test_a_host_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    assert _error(tmp_path, GOOD + GOOD).startswith(
        "sources.toml:8: host www.example-park.gov.cn stands twice (first at line 3)"
    )


@pytest.mark.parametrize(
    "host", ["https://a.cn", "a.cn/news", "a b.cn", "user@a.cn", "", "a.cn:port", "a\\nb"]
)
def test_a_host_that_is_none_is_refused(tmp_path: Path, host: str) -> None:
    message = _error(tmp_path, GOOD.replace("www.example-park.gov.cn", host, 1))
    assert message.startswith("sources.toml:3: host in [[source]]")


@pytest.mark.parametrize(
    "url", ["ftp://www.example-park.gov.cn/", "/news/", "javascript:alert(1)", "https://"]
)
def test_a_start_url_that_cannot_be_fetched_is_refused(tmp_path: Path, url: str) -> None:
    text = GOOD.replace("https://www.example-park.gov.cn/news/", url)
    message = _error(tmp_path, text)
    assert message.startswith("sources.toml:5: start_urls in [[source]] www.example-park.gov.cn must be")


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    assert _error(tmp_path, GOOD.replace("[[source]]", "[[sources]]")) == (
        "sources.toml:2: unknown key 'sources'; did you mean 'source'?"
    )


def test_a_single_table_is_refused(tmp_path: Path) -> None:
    assert _error(tmp_path, GOOD.replace("[[source]]", "[source]")) == (
        "sources.toml:2: write each source as a table headed [[source]]"
    )


def test_choosing_an_unknown_host_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"did you mean 'www\.example-park\.gov\.cn'"):
        choose(_read(tmp_path, GOOD), ["www.exmaple-park.gov.cn"])


def test_no_host_chooses_all(tmp_path: Path) -> None:
    sources = _read(tmp_path, GOOD)
    assert choose(sources, []) == sources


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("6h", 21600), ("1d", 86400), ("2w", 1209600)])
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["0h", "-1h", "6", "h", "6s", "6h30m"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        duration_s(text)


def test_a_name_that_does_not_resolve_is_said_to_be_one() -> None:
    with pytest.raises(ConfigurationError, match=r"does not resolve; check its spelling.* PARKNEWS_CONTACT"):
        require_contact([CrawlSource("park.invalid", "甲", ("https://park.invalid/",))], "")


def test_public_sites_are_not_visited_without_a_contact() -> None:
    public = CrawlSource("93.184.215.14", "甲", ("https://93.184.215.14/",))  # needs no name server
    own = CrawlSource("127.0.0.1:8000", "乙", ("http://127.0.0.1:8000/",), allow_private=True)
    require_contact([own], "")
    require_contact([own, public], "park@example.org")
    with pytest.raises(ConfigurationError, match=r"93\.184\.215\.14: a public site; set PARKNEWS_CONTACT"):
        require_contact([own, public], "")


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "[::1]:80", "10.1.2.3", "park.localhost"])
def test_a_private_source_that_does_not_say_so_is_told_what_to_set(host: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_private = true"):
        require_contact([CrawlSource(host, "内网", (f"http://{host}/",))], "me@example.org")


@pytest.mark.parametrize(
    "written",
    [
        '[source.read]\nbody = ".article"\ndrop = [".app", "//aside"]\n',
        'read.body = ".article"\nread.drop = [".app", "//aside"]\n',
        'read = { body = [".article"], drop = [".app", "//aside"] }\n',
    ],
)
def test_selectors_of_a_source_are_read_however_the_table_is_written(tmp_path: Path, written: str) -> None:
    [source] = _read(tmp_path, GOOD + written)
    assert source.read == Selectors(body=(".article",), drop=(".app", "//aside"))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('titel = "h1"', "6: unknown key 'titel' in {where}; did you mean 'title'?"),
        ('every = "6h"', "6: every in {where}: it belongs above the line [source.read]"),
        ("date = 5", "6: date in {where} must be a CSS or XPath selector in quotation marks"),
        ('date = "h1["', "6: date in {where} must be a CSS selector"),
        ('title = "h1"\ndrop = [".a", "//b["]', "7: drop in {where} must be an XPath selector"),
    ],
)
def test_a_mistake_below_source_read_names_its_line_and_key(
    tmp_path: Path, written: str, message: str
) -> None:
    said = _error(tmp_path, GOOD.removeprefix("# our park\n") + "[source.read]\n" + written + "\n" + GOOD)
    where = "[source.read] of [[source]] www.example-park.gov.cn"
    assert said.startswith("sources.toml:" + message.format(where=where))
