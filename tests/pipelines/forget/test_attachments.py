"""What a removal does to the files that its pages gave their readers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.archive import Archive
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import preview, remove
from pipelines.records import Attachment
from tests.pipelines.forget.worlds import (
    DAILY,
    LETTER,
    PARK,
    MakeWorld,
    World,
    make_text,
    page_of,
    reading_of,
)
from tests.readings import rows

OWN = Attachment(
    f"https://{PARK}/f/list.xls", "青岚湖园区关于入驻企业岗位补贴发放对象的名单公示", "xls", None
)
FORM = Attachment(f"https://{PARK}/f/form.doc", "申请表", "doc", 2048)
ELSEWHERE = Attachment(f"https://{DAILY}/f/page.pdf", "版面", "pdf", None)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    park = [
        page_of(PARK, 1, attachments=(OWN, FORM, ELSEWHERE)),
        page_of(PARK, 2, attachments=(FORM,)),
    ]
    return make_world([*park, page_of(DAILY, 3, attachments=(ELSEWHERE, FORM))])


def _links(world: World) -> list[tuple]:
    return rows(
        world.path,
        "SELECT page_url, a.url FROM attachments a JOIN readings r ON r.id = reading_id ORDER BY 1, 2",
    )


def test_a_page_takes_its_own_files_along_and_leaves_those_of_others(world: World) -> None:
    first, second, third = world.pages
    scope = make_scope(urls=[first.url])
    plan = preview(world.path, scope)
    assert plan.counts["attachments"] == 3
    assert remove(world.path, scope, LETTER, expected=plan.hash).removal.state == "verified"
    assert _links(world) == [(third.url, ELSEWHERE.url), (third.url, FORM.url), (second.url, FORM.url)]
    with Archive(world.path) as archive:
        blocks = archive.blocklist()
    assert [blocks.blocks(file.url) for file in (OWN, FORM, ELSEWHERE)] == [True, False, False]


def test_no_other_page_links_to_a_removed_file_any_more(world: World) -> None:
    scope = make_scope(hosts=[PARK])
    assert remove(world.path, scope, LETTER).removal.state == "verified"
    third = world.pages[2]
    assert _links(world) == [(third.url, ELSEWHERE.url)]
    again = replace(third, text=make_text(9))
    with Archive(world.path) as archive:
        archive.ingest([reading_of(again, 100)], "2026-05-01T00:00:00Z")
    assert _links(world) == [(third.url, ELSEWHERE.url)]
