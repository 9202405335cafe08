"""What the store's tests put into it: links, answers, entries of the frontier."""

from datetime import UTC, datetime

from pipelines.pages.frontier import Entry, Fetched, Link
from pipelines.store import CrawlStore

HOST = "x.cn"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BODY = "<html>园区</html>".encode("gb18030")


def link(path: str, kind: str = "article", priority: int = 30, **known: object) -> Link:
    return Link(f"http://{HOST}{path}", HOST, HOST, kind, priority, **known)  # type: ignore[arg-type]


def fetched(path: str, *, body: bytes = BODY, article: bool = True, **known: object) -> Fetched:
    values = {
        "url_asked": f"http://{HOST}{path}",
        "url_answered": f"http://{HOST}{path}",
        "status": 200,
        "headers": (("content-type", "text/html"), ("etag", '"1"')),
        "body": body,
        "fetched_at": NOON,
        "robots": "allowed, robots.txt 200",
        "kind": "article" if article else "list",
        "article": article,
    }
    return Fetched(**{**values, **known})  # type: ignore[arg-type]


def entries(store: CrawlStore, now: float = 1e12) -> list[Entry]:
    return store.frontier.next_entries(HOST, HOST, 1000, now)


def begin(store: CrawlStore, *, now: float = 1000.0, revisit: bool = False) -> int:
    return store.frontier.begin(HOST, every_s=3600, revisit=revisit, now=now).crawl_id


def queue(store: CrawlStore, *links: Link) -> dict[str, Entry]:
    store.frontier.queue(links)
    return {entry.url.removeprefix(f"http://{HOST}"): entry for entry in entries(store)}
