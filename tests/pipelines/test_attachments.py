"""The files that an article gives its readers."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.archive import Archive, read_only
from pipelines.archive.read.selection import Selection
from pipelines.export.rows import columns_of, export_batches
from pipelines.records import Attachment, Page, Reading, Rejection, Source
from pipelines.show import ShownArticle, ShownFile, show
from pipelines.stages import read_page
from tests.readings import Told

TEXT = (
    "青岚湖科技园昨日启用第三期标准厂房，首批十二家企业签约入驻，预计年产值超过三十亿元。",
    "园区管委会负责人表示，新厂房配套齐全，企业可以拎包入驻，还将提供一站式服务。",
)
LINKS = "".join(f'<li><a href="/{n}.html">新闻标题第{n}条在这里</a></li>' for n in range(1, 9))


def _page(inside: str = "", below: str = "", text: str = "".join(f"<p>{line}</p>" for line in TEXT)) -> str:
    return (
        "<html><head><title>关于启用新厂房的通知</title></head><body><h1>关于启用新厂房的通知</h1>"
        f"<p>发布时间：2024-05-06</p><div class='text'>{text}{inside}</div>{below}"
        f"<div class='sidebar'><ul>{LINKS}</ul><a href='/guide.pdf'>网站使用指南.pdf</a></div></body></html>"
    )


def _read(html: str) -> Reading | Rejection:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    url = "https://x.cn/n/1.html"
    return read_page(Page(1, "x.cn", url, url, 200, (), html.encode(), at), Source("x.cn"))


def _files(html: str) -> tuple[Attachment, ...]:
    result = _read(html)
    assert isinstance(result, Reading), result
    return result.story.attachments


@pytest.mark.parametrize(
    ("link", "file"),
    [
        (
            '<a href="P020240506.docx">附件1：入驻企业申请表.docx</a>',
            Attachment("https://x.cn/n/P020240506.docx", "附件1：入驻企业申请表.docx", "docx", None),
        ),
        (
            '<a href="/f/table.XLS">申请表（1.5MB）</a>',
            Attachment("https://x.cn/f/table.XLS", "申请表", "xls", 1572864),
        ),
        (
            '<a href="/download.jsp?id=7">园区规划图.zip</a> （大小：320KB）',
            Attachment("https://x.cn/download.jsp?id=7", "园区规划图.zip", "zip", 327680),
        ),
        (
            '<a href="/f/%E6%96%B9%E6%A1%88.pdf">点击下载</a>',
            Attachment("https://x.cn/f/%E6%96%B9%E6%A1%88.pdf", "方案.pdf", "pdf", None),
        ),
        (
            '<iframe src="/pdfjs/web/viewer.html?file=/f/plan.pdf"></iframe>',
            Attachment("https://x.cn/f/plan.pdf", "plan.pdf", "pdf", None),
        ),
    ],
)
def test_a_file_in_the_article_has_its_address_name_type_and_stated_size(link: str, file: Attachment) -> None:
    assert _files(_page(f"<p>{link}</p>")) == (file,)


@pytest.mark.parametrize(
    ("below", "names"),
    [
        (
            '<p>附件：</p><p><a href="/a.pdf">规划.pdf</a></p><p><a href="/b.doc">申请表</a></p>',
            ["规划.pdf", "申请表"],
        ),
        ('<div class="fujian"><a href="/a.pdf">规划</a></div>', ["规划"]),
        ('<p>相关链接</p><p><a href="/a.pdf">去年的规划</a></p>', []),
        ('<p>附件：</p><p><a href="/a.html">规划</a> <a href="/logo.png">图</a></p>', []),
    ],
)
def test_below_the_article_a_file_is_one_where_something_says_so(below: str, names: list[str]) -> None:
    assert [file.name for file in _files(_page(below=below))] == names


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            '<p>附件：<a href="/a.pdf">关于启用新厂房的通知.pdf</a></p>',
            "attachment page: its text is in a file",
        ),
        ('<p><a href="/a.doc">关于启用新厂房的通知</a></p>', "attachment page: its text is in a file"),
        ('<embed src="/a.pdf">', "attachment page: its text is in a file"),
        ('<p><img src="/a.jpg"></p>', "gallery page: images without text"),
    ],
)
def test_a_notice_that_is_only_a_file_or_an_image_says_so(text: str, reason: str) -> None:
    result = _read(_page(text=text))
    assert isinstance(result, Rejection)
    assert (result.stage, result.reason) == ("kind", reason)


def test_a_page_of_links_without_text_stays_a_list() -> None:
    result = _read(_page(text=""))
    assert isinstance(result, Rejection)
    assert result.reason.startswith("list page")


def test_the_files_of_a_copy_are_rows_that_are_shown_and_exported(tmp_path: Path) -> None:
    plan = Attachment("https://park.example/f/plan.pdf", "规划", "pdf", 1024)
    form = Attachment("https://park.example/f/form.doc", "申请表", "doc", None)
    page = Told("https://park.example/a", "标题", TEXT[0] + TEXT[1], attachments=(plan, form))
    with Archive(tmp_path / "archive.db") as archive:
        archive.put_sources([Source(page.host, "园区")])
        archive.ingest([page.reading(1)], "2026-03-01T08:00:00Z")
    with closing(read_only(tmp_path / "archive.db")) as connection:
        shown = show(connection, "1")
        columns = columns_of("attachments", signature=True)
        [rows] = export_batches(connection, "attachments", columns, Selection(), masked=True)
    assert isinstance(shown, ShownArticle)
    files = tuple(ShownFile(file.url, file.name, file.type, file.bytes, None) for file in (plan, form))
    assert (shown.attachments, shown.copies[0].attachments) == (files, files)
    assert [dict(zip((c.name for c in columns), row, strict=True)) for row in rows] == [
        {"id": 1, "article_id": 1, "copy_url": page.url, "position": n, **file}
        for n, file in enumerate(
            {name: getattr(file, name) for name in ("url", "name", "type", "bytes")} for file in (plan, form)
        )
    ]
