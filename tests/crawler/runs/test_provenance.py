"""From two crawls of two sites to what an analyst is told: who was first, what changed, a person's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.misbehaving import Server, Site, list_page
from tests.crawler.moved import parknews

CHINA = timezone(timedelta(hours=8))
OLD, NEW = 1, 2
SUBJECTS = {
    OLD: ("滨江产业园污水管网改造完工", "滨江产业园的污水管网", "三十一"),
    NEW: ("高铁新城标准厂房今日交付", "高铁新城首批标准厂房", "四十二"),
}


def page(number: int, day: datetime, credit: str, *, amount: str = "6.5亿元") -> str:
    """A page of news with its time and its credit."""
    title, what, count = SUBJECTS[number]
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div>{day:%Y-%m-%d %H:%M} 来源：{credit}</div>"
        f"<p>{what}历时{count}个月全部完成，总投资{amount}，比原定工期提前了两周。施工期间道路没有封闭，沿线商户照常营业。</p>"
        f"<p>建设单位介绍，{what}采用了分段施工的办法，夜间只做不出声的工序，居民的投诉比往年少了一半。</p>"
        f"<p>下一步，{what}将移交给专门的养护队伍，每季度检查一次，结果在公告栏公布。</p></body></html>"
    )


class Sites:
    """A paper and one that reprints it, each on an address of its own."""

    def __init__(self, folder: Path, paper: Server, other: Server) -> None:
        self.folder, self.paper, self.other = folder, paper, other
        now = datetime.now(UTC).astimezone(CHINA)
        self.show(OLD, now - timedelta(days=30))
        entries = (
            f'[[source]]\nhost = "{self.host(server)}"\nname = "{name}"\nstart_urls = ["http://{self.host(server)}/"]\n'
            "allow_private = true\ndelay_s = 0\n"
            for server, name in ((paper, "滨江日报"), (other, "园区资讯网"))
        )
        (folder / "sources.toml").write_text("".join(entries), encoding="utf-8")

    def show(self, number: int, day: datetime) -> None:
        """Both carry one more article, the second a day later."""
        paths = [f"/news/{known}.html" for known in range(1, number + 1)]
        for server, later in ((self.paper, 0), (self.other, 1)):
            server.site.pages["/"] = list_page(paths)
            server.site.pages[paths[-1]] = page(number, day + timedelta(hours=later), "滨江日报")

    def run(self, *arguments: str, days: float = 0.0) -> Any:
        """`parknews ARGUMENTS --json`, some days from now."""
        ran = parknews(self.folder, *arguments, "--json", days=days)
        assert ran.code == 0, ran.out + ran.err
        return ran.json

    def host(self, server: Server) -> str:
        """By which name a site is asked: two names are two owners."""
        return f"{'paper' if server is self.paper else 'other'}.localhost:{server.port}"

    def url(self, server: Server, number: int) -> str:
        """Where a site has an article."""
        return f"http://{self.host(server)}/news/{number}.html"


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    with Server(Site()) as paper, Server(Site()) as other:
        yield Sites(tmp_path, paper, other)


def test_what_came_while_we_watched_has_a_certain_first_publisher(sites: Sites) -> None:
    sites.run("crawl")
    sites.show(NEW, datetime.now(UTC).astimezone(CHINA) + timedelta(days=1))
    sites.run("crawl", days=1.2)
    old = sites.run("show", sites.url(sites.paper, OLD))
    new = sites.run("show", sites.url(sites.other, NEW))
    assert [len(shown["copies"]) for shown in (old, new)] == [2, 2]
    assert (new["first_publisher"], new["first_publisher_status"]) == ("滨江日报", "certain")
    assert (old["first_publisher"], old["first_publisher_status"]) == ("滨江日报", "likely")
    assert {claim["reason"] for claim in new["first_publisher_evidence"] if claim["claim"] == "seen"} == {
        "live"
    }
    assert {copy["credited_source_status"] for copy in new["copies"]} == {"confirmed"}


def test_a_changed_text_is_a_version_and_its_figure_disputed(sites: Sites) -> None:
    sites.run("crawl")
    address = sites.url(sites.other, OLD)
    day = datetime.now(UTC).astimezone(CHINA) - timedelta(days=30)
    sites.other.site.pages["/news/1.html"] = page(OLD, day, "滨江日报", amount="9.8亿元")
    sites.run("crawl", "--revisit", days=1)
    shown = sites.run("show", address)
    [changed] = [copy for copy in shown["copies"] if copy["url"] == address]
    assert "9.8亿元" in changed["text"]
    assert [len(version["changes"]) for version in changed["versions"]] == [0, 2]
    assert shown["disputed"]
    assert any("9.8亿" in str(row) for row in shown["differences"])
    told = parknews(sites.folder, "show", address).out
    assert "6.5亿元" in told
    assert "9.8亿元" in told


def test_a_persons_word_outlasts_reprocessing_and_ids_lead_on(sites: Sites) -> None:
    sites.run("crawl")
    mine, theirs = sites.url(sites.paper, OLD), sites.url(sites.other, OLD)
    together = sites.run("show", mine)["id"]
    sites.run("split", theirs, "--reason", "their own report")
    sites.run("reprocess")
    ids = {sites.run("show", address)["id"] for address in (mine, theirs)}
    assert together in ids  # the copy that came first keeps it
    [apart] = ids - {together}
    listed = sites.run("split", "--list")
    assert "their own report" in str(listed)
    sites.run("split", "--withdraw", "1")
    assert sites.run("show", str(apart))["id"] == together
    assert len(sites.run("show", mine)["copies"]) == 2
