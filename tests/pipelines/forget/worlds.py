"""An archive with its crawl store, made of pages that other sources copied, mention and share lines with."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.archive import Archive
from pipelines.archive.write.runs import RunCounts
from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope
from pipelines.pages.frontier import Announcement, Fetched, Link
from pipelines.records import Attachment, Claim, Reading, Rejection, Source, Stripped
from pipelines.store import CrawlStore, store_path
from pipelines.store.sources import StoredRobots
from tests.readings import make_reading

PARK, DAILY, COPIER = "www.park-news.cn", "daily.example.net", "copier.example.org"
NAMES = {PARK: "青岚湖园区", DAILY: "澜江日报", COPIER: "产业转载网"}
_STOCK = (
    "园区 厂房 企业 签约 投产 检测 公寓 装备 物流 港口 冷链 仓库 航线 水果 学院 车间 技师 课程 新生 工艺 "
    "改进 补贴 手续 岗位 精密 传动 视觉 研发 中心 项目 开工 竣工 验收 道路 桥梁 绿化 湿地 候鸟 观测 科普 "
    "展馆 志愿 服务 社区 食堂 老人 儿童 图书 剪纸 非遗 传承 集市 农户 合作 果园 采摘 直播 电商 快递 分拣 "
    "光伏 储能 充电 换电 风机 叶片 芯片 封装 测试"
)
_WORDS = _STOCK.split()
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
WHO = ("--requester", "青岚湖园区法务", "--reason", "来函")
LETTER = Order("青岚湖园区法务", "来函要求下架", "2026-04-01T00:00:00Z")
STAY_DOWN = replace(LETTER, stay_down=True)
WHOLE_PARK = make_scope(hosts=[PARK])


@dataclass
class Told:
    """A page: what it says, and in which encoding its raw bytes are."""

    host: str
    number: int
    title: str
    text: str
    day: date | None = None
    credited: str = ""
    encoding: str = "utf-8"
    teasers: str = ""
    path: str = ""
    canonical: str = ""
    attachments: tuple[Attachment, ...] = ()
    author: str = ""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path or f'/news/2026/{self.number}.html'}"

    @property
    def html(self) -> bytes:
        body = "".join(f"<p>{line}</p>\n" for line in self.text.split("\n"))
        return (
            f"<html><head><meta charset='{self.encoding}'>"
            f"<title>{self.title}_{NAMES[self.host]}</title></head>"
            f"<body><h1>{self.title}</h1>\n{body}<div>{self.teasers}</div></body></html>"
        ).encode(self.encoding)


@dataclass
class World:
    """The pages of an archive, and where it lies."""

    path: Path
    pages: list[Told] = field(default_factory=list)

    @property
    def store_path(self) -> Path:
        return store_path(self.path)

    @property
    def elsewhere(self) -> Path:
        """A folder of this test's that no removal searches."""
        folder = self.path.parent.with_name(f"{self.path.parent.name}-elsewhere")
        folder.mkdir(exist_ok=True)
        return folder

    def of(self, host: str) -> list[Told]:
        return [page for page in self.pages if page.host == host]


MakeWorld = Callable[..., World]


def make_text(seed: int, lines: int = 4) -> str:
    """A text of its own: random words, no two texts alike."""
    draw = random.Random(seed)
    return "\n".join("".join(draw.choices(_WORDS, k=24)) + f"第{seed}号。" for _ in range(lines))


def make_title(seed: int) -> str:
    return "".join(random.Random(f"title {seed}").choices(_WORDS, k=9)) + str(seed)


def page_of(host: str, number: int, day: date | None = None, **more: Any) -> Told:
    """A page whose title and text follow from its number, but for what is said."""
    return Told(
        **{"title": make_title(number), "text": make_text(number), **more}, host=host, number=number, day=day
    )


def reading_of(page: Told, page_id: int) -> Reading:
    """What reading the page would give, without the time it takes."""
    phone = f"{NAMES[page.host]}编辑部的热线电话是 0512-{page.number:07}"
    return make_reading(
        page.url,
        page.text,
        page_id=page_id,
        at=START + timedelta(seconds=page_id),
        title=page.title,
        day=page.day,
        credited=page.credited,
        author=page.author,
        claims=(Claim("canonical", page.canonical),) if page.canonical else (),
        stripped=(Stripped("contact", "phone", phone),),
        attachments=page.attachments,
        encoding=page.encoding,
    )


def build(path: Path, pages: list[Told], rejections: list[Rejection] | None = None) -> World:
    """An archive and a crawl store that hold these pages."""
    hosts = list(dict.fromkeys(page.host for page in pages))
    with CrawlStore(store_path(path)) as store, Archive(path) as archive:
        archive.put_sources([Source(host, NAMES[host]) for host in hosts])
        run = archive.start_run("2026-03-01T07:59:00Z", "test")
        ids = store_pages(store, pages)
        for host in hosts:
            _store_site(store, host, [page for page in pages if page.host == host])
        readings = [reading_of(page, ids[page.url]) for page in pages]
        for start in range(0, len(readings), 250):
            archive.ingest(readings[start : start + 250], "2026-03-01T09:00:00Z")
        archive.ingest(rejections or [], "2026-03-01T09:00:00Z")
        archive.finish_run(run, "done", RunCounts(pages_fetched=len(pages)), "2026-03-01T09:10:00Z")
    return World(path, pages)


def store_pages(store: CrawlStore, pages: list[Told]) -> dict[str, int]:
    """Every page as the spider would have stored it; URL → its number."""
    ids: dict[str, int] = {}
    for host in dict.fromkeys(page.host for page in pages):
        crawl = store.frontier.begin(host, every_s=1e9, revisit=False, now=1000.0).crawl_id
        store.frontier.queue(
            [Link(page.url, host, host, "article", 30) for page in pages if page.host == host]
        )
        entries = {entry.url: entry for entry in store.frontier.next_entries(host, host, 10_000, 1e12)}
        for number, page in enumerate(pages):
            if page.host == host:
                page_id = store.commits.page(crawl, entries[page.url], _fetched(page, number)).page_id
                assert page_id is not None
                ids[page.url] = page_id
    store.pages.mark_ingested(list(ids.values()))
    return ids


def _fetched(page: Told, number: int) -> Fetched:
    return Fetched(
        url_asked=page.url,
        url_answered=page.url,
        status=200,
        headers=(("content-type", f"text/html; charset={page.encoding}"),),
        body=page.html,
        fetched_at=START + timedelta(seconds=number),
        robots="allowed, robots.txt 404",
        kind="article",
        article=True,
    )


def _store_site(store: CrawlStore, host: str, pages: list[Told]) -> None:
    """The site's list with its teasers, a feed's announcements, its robots.txt, an address that waits."""
    url = f"https://{host}/news/"
    crawl = store.frontier.begin(host, every_s=1e9, revisit=False, now=1000.0).crawl_id
    store.frontier.queue(
        [Link(url, host, host, "list", 20), Link(f"https://{host}/later.html", host, host, "article", 90)]
    )
    entry = next(e for e in store.frontier.next_entries(host, host, 10_000, 1e12) if e.url == url)
    teasers = "".join(f"<a href='{page.url}'>{page.title}</a>" for page in pages[:50])
    announced = tuple(Announcement(page.url, "feed", "2026-03-01", page.title) for page in pages[:50])
    store.commits.page(
        crawl,
        entry,
        Fetched(
            url_asked=url,
            url_answered=url,
            status=200,
            headers=(),
            body=f"<html><body>{teasers}</body></html>".encode(),
            fetched_at=START,
            robots="allowed, robots.txt 404",
            kind="list",
            article=False,
            announcements=announced,
        ),
    )
    store.sources.save_robots(StoredRobots(f"https://{host}", 404, b"", 1.0, 2.0), [])


def small_pages() -> list[Told]:
    """The park's own articles, two of them copied; the daily's own, one of which the park copied; others."""
    park = [page_of(PARK, n, date(2026, 2, n), encoding="gb18030" if n % 2 else "utf-8") for n in range(1, 7)]
    daily = [page_of(DAILY, n, date(2026, 2, n), path=f"/a/{n}.html") for n in range(11, 27)]
    copied = [
        replace(park[0], host=COPIER, day=date(2026, 2, 9), credited=NAMES[PARK], encoding="utf-8"),
        replace(park[1], host=DAILY, day=date(2026, 2, 9), credited=NAMES[PARK], path="/b/2.html"),
        replace(daily[0], host=PARK, number=91, day=date(2026, 2, 20), credited=NAMES[DAILY], path=""),
    ]
    filler = [page_of(COPIER, n, date(2026, 1, n - 99)) for n in range(100, 125)]
    mention = replace(filler[0], teasers=f"<a href='{park[2].url}'>{park[2].title}</a>")
    return [*park, *daily, *copied, mention, *filler[1:]]


def many_pages(copies: int) -> list[Told]:
    """So many copies: a fifth the park's, half of those copied elsewhere, the rest others' own."""
    park = [page_of(PARK, n, date(2026, 2, 1 + n % 28), encoding=_encoding(n)) for n in range(copies // 5)]
    copied = [
        replace(page, host=COPIER, day=date(2026, 3, 1), credited=NAMES[PARK], encoding="utf-8")
        for page in park[::2]
    ]
    others = [
        page_of((DAILY, COPIER)[n % 2], n, date(2026, 2, 1 + n % 28))
        for n in range(copies, 2 * copies - len(park) - len(copied))
    ]
    return [*park, *copied, *others]


def _encoding(number: int) -> str:
    return ("utf-8", "gb18030")[number % 2]
