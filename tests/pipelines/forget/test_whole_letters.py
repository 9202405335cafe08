"""Twenty-eight letters, each answered from what is found to the receipt with at most three commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.commands import parknews_here
from tests.pipelines.forget.worlds import (
    COPIER,
    DAILY,
    NAMES,
    PARK,
    WHO,
    Told,
    World,
    build,
    make_text,
    page_of,
)
from tests.readings import rows

OLD = "www.old-weekly.example.com"
NAMES[OLD] = "Old Weekly"


def _page(number: int, host: str = PARK, **more: Any) -> Told:
    return page_of(host, number, **{"day": date(2026, 2, 1 + number % 28), **more})


LINE = "联系人王小明，电话０５１２－６６１２３４５６，周一至周五接待。"
ADDED = "本网另悉，该户现住青岚湖东岸七号楼，电话可向物业查询。"
PAGES = [
    *(_page(n) for n in range(201, 225)),
    _page(225, path="/%E8%B5%84%E8%AE%AF/225.html"),
    _page(226, path="/show.php?cat=7&id=226"),
    *(_page(n) for n in range(227, 230)),
    _page(271, DAILY),
    _page(272, COPIER, credited=NAMES[DAILY], text=f"{make_text(271)}\n{ADDED}"),
    _page(230, text=f"{make_text(230)}\n{LINE}"),
    _page(231, COPIER, credited="澜江晚報"),
    _page(232, DAILY, credited="瀾江晚报"),
    _page(233, DAILY, text=f"{make_text(233)}\n园区居民歐陽雪梅表示，她已经搬走。"),
    _page(234, COPIER, author="Ann Lee"),
    _page(235, path="/column/a.html"),
    _page(236, path="/column/b.html"),
    _page(237, COPIER, day=date(2019, 5, 1)),
    _page(238, COPIER, day=None),
    *(_page(n, OLD) for n in (240, 241)),
    *(_page(n, DAILY) for n in range(250, 270)),
]
URL = {page.number: page.url for page in PAGES}
TITLE = {page.number: page.title for page in PAGES}
PARAGRAPH = next(page for page in PAGES if page.number == 210).text.split("\n")[1]


@dataclass(frozen=True)
class Letter:
    """What was written, what the handler types after `removals find`, and what is to come of it."""

    said: str
    command: tuple[str, ...]
    gone: tuple[int, ...] = ()
    asked: tuple[str, ...] = ()
    """What the receipt answers to each thing asked for."""
    then: tuple[str, ...] = ()
    finds: tuple[int, ...] = ()
    """Where that is more or less than what goes."""


NOW = ("--now", "判决")
LETTERS = {
    "zh: an address in a sentence": Letter(
        f"编辑部：贵站转载{URL[201].partition('//')[2]}。未经许可，请即删除。",
        ("remove-source", "--from", "LETTER"),
        (201,),
        ("taken",),
    ),
    "zh: a title in the other script": Letter(
        f"敬啟者：請刪除《{TITLE[202]}》。", ("remove-source", "--from", "LETTER"), (202,), ("taken",)
    ),
    "zh: a whole site": Letter(
        f"我刊已停办，请移除 {OLD} 的全部内容。", ("remove-source", OLD), (240, 241), ("taken",)
    ),
    "zh: whatever credits a publisher": Letter(
        "凡注明“澜江晚报”的稿件，版权均属本报。",
        ("remove-source", "--credited", "澜江晚报", *NOW),
        (231, 232),
        ("taken",),
    ),
    "zh: a person": Letter(
        "我叫“欧阳雪梅”，请删除提到我的文章。",
        ("remove-source", "--person", "欧阳雪梅", *NOW),
        (233,),
        ("taken",),
    ),
    "zh: a telephone number": Letter(
        f"{URL[230]} 中的电话 0512-66123456 已换号，请删去号码，文章可以保留。",
        ("redact", URL[230], "--passage", "0512-66123456"),
        (),
        ("taken", "taken"),
        finds=(230,),
    ),
    "zh: a paragraph": Letter(
        f"{URL[210]} 中“{PARAGRAPH}”一段失实，请删除该段。",
        ("redact", URL[210], "--passage", PARAGRAPH),
        (),
        ("taken", "taken"),
        finds=(210,),
    ),
    "en: a mobile address": Letter(
        f"Please take down https://m.{PARK[4:]}/news/2026/203.html (our copyright).",
        ("remove-source", "--from", "LETTER"),
        (203,),
        ("redirected",),
    ),
    "en: a list with notes": Letter(
        f"{URL[204]},not licensed\n2) {URL[205]};\nhttps://{DAILY}/never/was.html.",
        ("remove-source", "--from", "LETTER"),
        (204, 205),
        ("absent", "taken", "taken"),
    ),
    "en: an author": Letter(
        "Articles by Ann Lee", ("remove-source", "--author", "Ann Lee", *NOW), (234,), ("taken",)
    ),
    "en: a title quoted": Letter(
        f'Your copy of "{TITLE[206]}" must go.', ("remove-source", "--title", TITLE[206]), (206,), ("taken",)
    ),
    "en: a column": Letter(
        f"Please remove everything below https://{PARK}/column/ today.",
        ("remove-source", "--from", "LETTER"),
        (235, 236),
        ("taken",),
    ),
    "en: old articles, those without a date left": Letter(
        f"Whatever {COPIER} published before 2020 has to go.",
        ("remove-source", COPIER, "--until", "2019"),
        (237,),
        ("taken",),
        finds=(237, 238),
    ),
    "en: a notice and a counter-notice": Letter(
        f"Remove {URL[207]} — no, please keep it after all.",
        ("remove-source", "--from", "LETTER", "--hide-only"),
        (),
        ("taken",),
        ("removals", "undo", "ID", "--reason", "counter-notice"),
        (207,),
    ),
}


BARE = {number: url.partition("//")[2] for number, url in URL.items()}
WIDE = BARE[212].translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
FROM = ("remove-source", "--from", "LETTER")
LETTERS |= {
    "zh: a mail that quotes one": Letter(
        f"> 您好：\n> {URL[211]}\n>> 请删除。", ("remove-source", "--url", URL[211]), (211,), ("taken",)
    ),
    "zh: an address in wide letters": Letter(f"敬啟者：{WIDE}，請即移除。", FROM, (212,), ("taken",)),
    "en: links of a mark-up": Letter(
        f"Remove <{URL[213]}> and [this]({URL[214]}).", FROM, (213, 214), ("taken", "taken")
    ),
    "en: addresses that nobody can follow": Letter(
        f"hxxps://{BARE[215].replace('.', '[.]')} and {BARE[216].replace('.cn', '[.]cn')}",
        FROM,
        (215, 216),
        ("taken", "taken"),
    ),
    "zh: three addresses between commas": Letter(
        f"请删除{BARE[217]}、{BARE[218]}；以及{BARE[219][4:]}。",
        FROM,
        (217, 218, 219),
        ("redirected", "taken", "taken"),
    ),
    "zh: a title within marks within marks": Letter(
        f"请撤下《〈{TITLE[220]}〉》一文", FROM, (220,), ("taken",)
    ),
    "zh: a title in upright marks": Letter(f"請撤下﹁{TITLE[221]}﹂", FROM, (221,), ("taken",)),
    "zh: a passage that a copy alone has": Letter(
        f"贵站称『{ADDED}』，系本人住址。",
        ("redact", URL[272], "--passage", ADDED),
        (),
        ("taken", "taken"),
        finds=(272,),
    ),
    "en: the source of a mail": Letter(
        f'<a href="https://{PARK}/show.php?id=226&amp;cat=7">this</a>', FROM, (226,), ("taken",)
    ),
    "zh: rows of a table": Letter(
        f"1\t{TITLE[222]}\t{URL[222]}\t2026/2/3\n2\t{TITLE[223]}\t{URL[223]}\t2026-02-04",
        FROM,
        (222, 223),
        ("taken", "taken"),
    ),
    "en: an anchor in brackets": Letter(f"(see {URL[224]}#comments). Thanks.", FROM, (224,), ("taken",)),
    "zh: numbers stuck to addresses": Letter(
        f"请删：1.{URL[227]}2.{URL[228]}", FROM, (227, 228), ("taken", "taken")
    ),
    "en: an address that a mail program broke": Letter(
        f"Remove {URL[229].replace('/2026', '/ 2026').replace(' ', chr(10))}", FROM, (229,), ("taken",)
    ),
    "zh: a sentence stuck to an address": Letter(
        f"请删除https://{PARK}/资讯/225.html这篇文章", FROM, (225,), ("taken",)
    ),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("letters") / "archive.db", PAGES)


def _there(world: World) -> set[str]:
    return {url for (url,) in rows(world.path, "SELECT url FROM copies")}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_answered_with_three_commands_at_most(archive: World, tmp_path: Path, name: str) -> None:
    letter, file, receipt = LETTERS[name], tmp_path / "letter.txt", tmp_path / "receipt.md"
    file.write_text(letter.said, encoding="utf-8")
    before = _there(archive)
    found = parknews_here(archive.path, "removals", "find", str(file), "--json").json
    assert {URL[n] for n in letter.finds or letter.gone} <= {match["url"] for match in found["matches"]}
    command = [str(file) if word == "LETTER" else word for word in letter.command]
    lang = ("--lang", name[:2], "--receipt", str(receipt))
    done = parknews_here(archive.path, *command, *WHO, "--yes", "--json", *lang)
    assert (done.code, done.json["trouble"]) == (0, ""), done
    assert tuple(sorted(line["state"] for line in done.json["asked"])) == letter.asked
    if letter.then:
        assert done.json["state"] == "hidden"
        assert (
            parknews_here(
                archive.path, *(str(done.json["id"]) if word == "ID" else word for word in letter.then)
            ).code
            == 0
        )
    else:
        assert (done.json["state"], done.json["verified"]) == ("verified", True)
    assert before - _there(archive) == {URL[n] for n in letter.gone}
    assert receipt.read_text("utf-8").startswith("# 移除令" if name[:2] == "zh" else "# Removal")
