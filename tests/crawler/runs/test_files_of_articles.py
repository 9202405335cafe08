"""One crawl of a site whose articles link to files: they are fetched, read, searched, shown and forgotten."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from pipelines.archive.file import read_only
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from pipelines.store import CrawlStore, store_path
from tests.commands import parknews_here
from tests.crawler.misbehaving import Answer, Server, Site, article, list_page
from tests.crawler.moved import parknews, write_source
from tests.pipelines.forget.worlds import LETTER


def _pdf(words: str = "", *, password: str = "") -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    if words:
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(named)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        drawn = DecodedStreamObject()
        drawn.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(drawn)
    if password:
        writer.encrypt(password)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _docx(*paragraphs: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rows = "".join(f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>" for said in paragraphs)
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        body = f'<w:document xmlns:w="{space}"><w:body>{rows}</w:body></w:document>'
        package.writestr("word/document.xml", body)
    return made.getvalue()


def _xlsx(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


FILES = {
    "/f/plan.pdf": _pdf("Tender QLH-2026-0417 for the heat pumps"),
    "/f/form.docx": _docx("青岚湖园区岗位补贴申请表", "经办人：柳河川"),
    "/f/list.xlsx": _xlsx(("企业", "补贴"), ("雁栖精密铸件厂", 4200)),
    "/f/broken.pdf": b"%PDF-1.7\n1 0 obj << /Type /Catalog",
    "/f/secret.pdf": _pdf("Nobody reads this", password="closed"),
    "/f/scan.pdf": _pdf(),
    "/f/kept.pdf": _pdf("Not for machines"),
}
LATE = "/f/moved.docx"
PRIVATE = "/private/inner.pdf"


def _linking(number: int, *links: str) -> str:
    rows = "".join(f'<p>附件：<a href="{link}">{link.rpartition("/")[2]}</a></p>' for link in links)
    return article(number).replace("</body>", f"{rows}</body>")


class World:
    """The site, crawled once."""

    def __init__(self, folder: Path, server: Server, other: Server) -> None:
        self.folder, self.site, self.host, self.other = folder, server.site, server.host, other.site

    @property
    def archive(self) -> Path:
        """The file."""
        return self.folder / "archive.db"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the archive answers."""
        connection = read_only(self.archive)
        try:
            return [tuple(row) for row in connection.execute(sql)]
        finally:
            connection.close()

    def url(self, path: str) -> str:
        """A path's address."""
        return f"http://{self.host}{path}"

    def found(self, words: str) -> list[tuple[str, str | None]]:
        """Addresses of the articles that words find, with the file that has them."""
        hits = parknews_here(self.folder, "search", words, "--json").json["articles"]
        return [(hit["url"], hit["elsewhere"] and hit["elsewhere"]["file"]) for hit in hits]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    site, other = Site(), Site()
    with Server(site) as server, Server(other) as foreign:
        folder = tmp_path_factory.mktemp("files")
        elsewhere = f"{foreign.url}/f/elsewhere.pdf"
        other.pages["/f/elsewhere.pdf"] = Answer(_pdf("Foreign words"), content_type="application/pdf")
        for path, body in FILES.items():
            noted = (("X-Robots-Tag", "noindex"),) if "kept" in path else ()
            site.pages[path] = Answer(body, headers=noted, content_type="application/octet-stream")
        site.pages[LATE] = Answer(status=302, headers=(("Location", "/g/there.docx?v=2"),))
        site.pages["/g/there.docx"] = Answer(_docx("搬迁后的目录"), content_type="application/msword")
        site.pages["/old.doc"] = Answer(b"", content_type="application/msword")
        site.robots = "User-agent: *\nDisallow: /private/\n"
        site.pages["/news/2023/1.html"] = _linking(1, *FILES, LATE, PRIVATE, elsewhere, "/old.doc")
        site.pages["/news/2023/2.html"] = _linking(2, "/f/list.xlsx")
        site.pages["/"] = list_page(["/news/2023/1.html", "/news/2023/2.html"])
        write_source(folder, server.host, "attachments = true")
        crawled = parknews(folder, "crawl", "--json")
        assert crawled.code == 0, crawled.err
        yield World(folder, server, foreign)


def test_one_run_asks_for_the_files_of_its_articles_once_and_by_the_rules(world: World) -> None:
    asked = world.site.counts()
    assert {path: asked[path] for path in (*FILES, LATE, "/g/there.docx?v=2")} == dict.fromkeys(
        (*FILES, LATE, "/g/there.docx?v=2"), 1
    )
    assert (asked[PRIVATE], asked["/old.doc"], len(world.other.log)) == (0, 0, 0)


def test_words_of_a_file_find_its_article_and_name_the_file(world: World) -> None:
    first, second = world.url("/news/2023/1.html"), world.url("/news/2023/2.html")
    assert world.found("QLH-2026-0417") == [(first, "plan.pdf")]
    assert world.found("柳河川") == [(first, "form.docx")]
    assert sorted(world.found("雁栖精密")) == [(first, "list.xlsx"), (second, "list.xlsx")]
    assert world.found("搬迁后的目录") == [(first, "moved.docx")]
    assert world.found("Foreign") == world.found("Nobody reads") == []


def test_a_file_without_a_text_is_a_rejection_that_says_why(world: World) -> None:
    told = dict(world.rows("SELECT url, reason FROM rejections"))
    said = {path: told.get(world.url(path), "") for path in (*FILES, PRIVATE)}
    assert said["/f/broken.pdf"].startswith("file not read: damaged")
    assert said["/f/secret.pdf"] == "file not read: encrypted"
    assert said["/f/scan.pdf"] == "file not read: no text in it, only images or nothing"
    assert said["/f/kept.pdf"] == "robots meta: noindex"
    assert "robots.txt" in said[PRIVATE]
    assert said["/f/plan.pdf"] == ""


def test_show_says_which_files_are_searched(world: World) -> None:
    shown = parknews_here(world.folder, "show", world.url("/news/2023/1.html"), "--json").json
    read = {file["name"]: file["text_characters"] for file in shown["attachments"]}
    assert read["plan.pdf"] == len("Tender QLH-2026-0417 for the heat pumps")
    assert (read["secret.pdf"], read["old.doc"]) == (None, None)
    told = parknews_here(world.folder, "show", world.url("/news/2023/2.html")).out
    assert "list.xlsx (xlsx, 18 characters of text are searched)" in told


def test_reading_again_keeps_what_files_say(world: World) -> None:
    before = world.rows("SELECT * FROM attachment_texts ORDER BY url")
    assert len(before) == 4
    assert parknews_here(world.folder, "reprocess", "--json").code == 0
    assert world.rows("SELECT * FROM attachment_texts ORDER BY url") == before
    assert world.found("QLH-2026-0417")


def test_a_known_file_is_not_asked_for_again_and_kept_nowhere_once_no_article_links_to_it(
    world: World,
) -> None:
    world.site.pages["/news/2023/1.html"] = _linking(1, *list(FILES)[:3])
    assert parknews(world.folder, "crawl", "--revisit", "--json").code == 0
    assert (world.site.asked("/f/plan.pdf"), world.site.asked(LATE)) == (1, 1)
    assert world.found("搬迁后的目录") == []
    assert len(world.rows("SELECT url FROM attachment_texts")) == 3
    with CrawlStore(store_path(world.archive)) as store:
        assert (store.pages.latest(world.url(LATE)), store.frontier.address(world.url(LATE))) == (None, None)


def test_a_removal_takes_the_files_along_that_no_other_article_links_to(world: World) -> None:
    scope = make_scope(urls=[world.url("/news/2023/1.html")])
    assert remove(world.archive, scope, LETTER).removal.state == "verified"
    assert world.rows("SELECT url FROM attachment_texts") == [(world.url("/f/list.xlsx"),)]
    assert world.found("QLH-2026-0417") == world.found("柳河川") == []
    assert world.found("雁栖精密") == [(world.url("/news/2023/2.html"), "list.xlsx")]
    with CrawlStore(store_path(world.archive)) as store, store.reading() as connection:
        stored = connection.execute("SELECT url FROM pages WHERE kind = 'file'").fetchall()
        waiting = connection.execute("SELECT url FROM urls WHERE kind = 'file'").fetchall()
    assert [tuple(row) for row in stored] == [tuple(row) for row in waiting] == [(world.url("/f/list.xlsx"),)]
