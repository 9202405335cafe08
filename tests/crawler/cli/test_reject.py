"""`parknews reject`: a person says that something is no article, and takes it back."""

from __future__ import annotations

from pathlib import Path

from tests.commands import parknews_here
from tests.crawler.misbehaving import Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source


def _state(folder: Path, url: str) -> dict[str, str]:
    shown = {}
    for name in ("news/1", "jobs/2", "jobs/3"):
        said = parknews_here(folder, "show", f"{url}/{name}.html", "--json").json
        shown[name] = said["found"] if said["found"] == "article" else said["reason"]
    return shown


def test_what_a_person_rejects_stays_out_until_it_is_taken_back(tmp_path: Path) -> None:
    news = ["/news/1.html", "/jobs/2.html", "/jobs/3.html"]
    site = Site(pages={"/": list_page(news), **{path: article(n) for n, path in enumerate(news)}})
    with Server(site) as server:
        write_source(tmp_path, server.host)
        parknews(tmp_path, "crawl")
        before = _state(tmp_path, server.url)
        jobs = f"{server.url}/jobs/*"
        first = parknews_here(tmp_path, "reject", jobs, "--reason", "vacancies", "--json").json
        parknews_here(tmp_path, "reject", f"{server.url}/news/1.html#top", "--reason", "a form")
        site.pages |= {path: article(n + 5) for n, path in enumerate(news)}
        parknews(tmp_path, "crawl", "--revisit")
        parknews_here(tmp_path, "reprocess")
        held = _state(tmp_path, server.url)
        undone = parknews_here(tmp_path, "reject", jobs, "--undo", "--json").json
        after = _state(tmp_path, server.url)
        twice = parknews_here(tmp_path, "reject", jobs, "--undo")
        everywhere = parknews_here(tmp_path, "reject", "/jobs/*", "--reason", "all hosts")
    assert (set(before.values()), first["pages"]) == ({"article"}, 2)
    vacant = "rejected by hand: vacancies"
    assert held == {"news/1": "rejected by hand: a form", "jobs/2": vacant, "jobs/3": vacant}
    assert (undone["read_again"], after) == (2, {**held, "jobs/2": "article", "jobs/3": "article"})
    assert (twice.code, everywhere.code) == (2, 2)
