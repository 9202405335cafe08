import pytest

from crawler.web.robots import MAX_BYTES, MAX_DELAY_S, Policy, authority_of, read_policy
from pipelines.store.sources import StoredRobots


def policy(body: str | bytes, status: int | None = 200) -> Policy:
    raw = body.encode() if isinstance(body, str) else body
    return read_policy(StoredRobots("http://x.cn", status, raw, 0.0, 0.0), "parknews")


def test_our_own_group_stands_above_the_general_one() -> None:
    rules = policy("User-agent: *\nDisallow: /\n\nUser-agent: ParkNews\nDisallow: /private/\n")
    assert [rules.allows("http://x.cn/a"), rules.allows("http://x.cn/private/a")] == [True, False]


def test_the_longest_rule_holds_with_wildcards_and_ends() -> None:
    rules = policy("User-agent: *\nDisallow: /a/\nAllow: /a/open/\nDisallow: /*.php$\nDisallow: /园区/\n")
    paths = ["/a/1", "/a/open/1", "/x.php", "/x.php?id=1", "/%E5%9B%AD%E5%8C%BA/1"]
    assert [rules.allows("http://x.cn" + path) for path in paths] == [False, True, False, True, False]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_without_a_robots_txt_everything_is_allowed(status: int) -> None:
    rules = policy("User-agent: *\nDisallow: /", status)
    assert (rules.reachable, rules.allows("http://x.cn/a")) == (True, True)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599, None])
def test_without_a_clear_answer_nothing_is_allowed(status: int | None) -> None:
    rules = policy("User-agent: *\nAllow: /", status)
    assert (rules.reachable, rules.allows("http://x.cn/a")) == (False, False)


@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbfUser-agent: *\nDisallow:", b"<html>404</html>", b"\x00\xff" * 999]
)
def test_an_empty_or_senseless_file_forbids_nothing(body: bytes) -> None:
    assert policy(body).allows("http://x.cn/a")


def test_a_rule_behind_a_byte_order_mark_counts() -> None:
    assert not policy(b"\xef\xbb\xbfUser-agent: *\nDisallow: /").allows("http://x.cn/a")


def test_a_huge_file_is_read_to_its_bound() -> None:
    body = "User-agent: *\nDisallow: /first/\n" + "# x\n" * MAX_BYTES + "Disallow: /last/\n"
    rules = policy(body)
    assert [rules.allows("http://x.cn/first/"), rules.allows("http://x.cn/last/")] == [False, True]


@pytest.mark.parametrize(
    ("line", "delay_s"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Request-rate: 1/10", 10.0),
        ("Crawl-delay: 99999", MAX_DELAY_S),
        ("", 0.0),
        ("Crawl-delay: 10s", 10.0),
        ("crawl-delay: 10 seconds # slowly", 10.0),
        ("Crawl-delay: 1,5", 1.5),
        ("Crawl-delay: 500ms", 0.5),
        ("Crawl-delay: 1m", 60.0),
        ("Crawl-delay: slow", 0.0),
    ],
)
def test_the_delay_it_asks_for_is_read(line: str, delay_s: float) -> None:
    assert policy(f"User-agent: *\n{line}\nDisallow: /x\n").delay_s == delay_s


@pytest.mark.parametrize(
    ("agent", "obeyed"),
    [
        ("parknews/0.1", True),
        ("ParkNews (+http://x.cn)", True),
        ("park", False),
        ("news", False),
        ("parknewsbot", False),
        ("parknews*", False),
        ("*", True),
        ("*bot", False),
    ],
)
def test_a_group_is_ours_by_its_whole_product_token(agent: str, obeyed: bool) -> None:
    assert policy(f"User-agent: {agent}\nDisallow: /\n").allows("http://x.cn/a") is not obeyed


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-8-sig"])
def test_a_file_counts_in_whatever_it_was_saved(encoding: str) -> None:
    mark = {"utf-16-be": "\ufeff", "utf-16-le": "\ufeff"}.get(encoding, "")
    body = f"{mark}User-agent: *\r\nDisallow: /\r\n".encode(encoding)
    assert not policy(body).allows("http://x.cn/a")


def test_a_line_that_the_bound_cuts_is_left_out() -> None:
    head = "User-agent: *\nDisallow: /\nAllow: /a"
    filler = "#" * (MAX_BYTES - len(head) - 1)
    rules = policy(head.replace("Allow", filler + "\nAllow"))
    assert not rules.allows("http://x.cn/ab")


def test_full_width_colons_are_colons() -> None:
    assert not policy("User-agent：*\nDisallow：/\n").allows("http://x.cn/a")


def test_it_names_sitemaps() -> None:
    assert policy("Sitemap: http://x.cn/a.xml\nsitemap: /b.xml\n").sitemaps == ["http://x.cn/a.xml", "/b.xml"]


def test_one_file_speaks_for_one_authority() -> None:
    urls = ["http://x.cn/a", "https://x.cn/a", "http://x.cn:8080/a"]
    assert [authority_of(url) for url in urls] == ["http://x.cn", "https://x.cn", "http://x.cn:8080"]
