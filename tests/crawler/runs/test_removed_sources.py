"""What a removal keeps out is asked for by no command, and is no trouble either."""

from pathlib import Path

from crawler.sources import add_entries
from pipelines.archive import Archive
from pipelines.records import CrawlSource
from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews

REMOVE = ("remove-source", "--requester", "园区", "--reason", "来函", "--yes", "--hide-only")


def site() -> Site:
    pages = {f"/news/2023/{n}.html": article(n) for n in range(5)}
    return Site(pages={"/": list_page(list(pages)), **pages})


def _source(server: Server, name: str) -> CrawlSource:
    return CrawlSource(server.host, name, (f"{server.url}/",), allow_private=True, delay_s=0.0)


def test_a_removed_source_is_neither_looked_at_nor_crawled(tmp_path: Path) -> None:
    ours = site()
    with Server(ours) as server:
        add_entries(tmp_path / "sources.toml", [_source(server, "甲")])
        parknews(tmp_path, "crawl")
        removed = parknews_here(tmp_path, *REMOVE, server.host, "--plan-hash", _plan(tmp_path, server.host))
        assert removed.code == 0, removed.err
        ours.log.clear()
        crawled = parknews(tmp_path, "crawl", days=30)
        refused = [
            parknews_here(tmp_path, *words, server.host) for words in (("sources", "check"), ("crawl",))
        ]
        status = parknews_here(tmp_path, "status", "--json")
        (tmp_path / "sources.toml").unlink()
        refused.append(parknews_here(tmp_path, "sources", "add", server.url, "--allow-private", "--yes"))
    assert [(ran.code, "by removal 1" in ran.err) for ran in refused] == [(4, True)] * 3
    assert (sum(ours.counts().values()), (tmp_path / "sources.toml").exists()) == (0, False)
    [standing] = status.json["sources"]
    assert (crawled.code, status.code, standing["state"], standing["next_due_at"]) == (0, 0, "removed", None)


def test_a_look_at_a_site_leaves_out_its_removed_pages(tmp_path: Path) -> None:
    ours = site()
    with Server(ours) as server:
        add_entries(tmp_path / "sources.toml", [_source(server, "甲")])
        with Archive(tmp_path / "archive.db"):
            pass
        scope = ("--url-prefix", f"{server.url}/news/2023/")
        removed = parknews_here(tmp_path, *REMOVE, *scope, "--block-only")
        assert removed.code == 0, removed.err
        parknews(tmp_path, "sources", "check")
    assert (ours.asked("/"), [path for path in ours.counts() if "/news/" in path]) == (1, [])


def _plan(folder: Path, *scope: str) -> str:
    shown = parknews_here(folder, "remove-source", *scope, "--dry-run", "--json").json
    return str(shown["plan"]["plan_hash"])
