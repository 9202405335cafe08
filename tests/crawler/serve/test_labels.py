"""Everything that the browser shows has a name in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crawler.serve.labels import column_label, table_label, value_label
from pipelines.catalogue import archive

Get = Callable[..., Any]


def _chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def test_every_table_and_column_has_a_label_in_both_languages() -> None:
    named = {
        (name, column): (column_label(column, "zh", name).title, column_label(column, "en", name).title)
        for name, table in archive().items()
        for column in table.columns
    } | {(name, ""): (table_label(name, "zh").title, table_label(name, "en").title) for name in archive()}
    nameless = sorted(
        place
        for place, (chinese, english) in named.items()
        if not (_chinese(chinese) or chinese == "SHA-256") or "_" in english or english == place[-1]
    )
    assert nameless == []


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("pairs", "reason", "numbers", "数字不同"),
        ("pairs", "verdict", "blocked", "相近而不归并"),
        ("mentions", "kind", "park", "园区"),
        ("stripped", "kind", "contact", "联系方式"),
        ("rejections", "reason", "HTTP 404: not found", "HTTP 404：找不到"),
        ("rejections", "stage", "extract", "提取"),
        ("origins", "field", "credited_source", "署名来源"),
        ("articles", "language", "zh-Hant", "繁体中文"),
        ("articles", "title", "en", None),
        ("copies", "similarity", 0.5, None),
    ],
)
def test_a_code_is_told_in_chinese(table: str, column: str, value: object, said: str | None) -> None:
    assert value_label(table, column, value, "zh") == said


def test_a_code_stays_as_it_is_in_english() -> None:
    assert value_label("pairs", "reason", "numbers", "en") is None


def test_guarded_tables_are_paged_by_their_own_keys(get: Get) -> None:
    first = get("/archive/text_rows.json?_size=1&_shape=objects").json()
    second = get(f"/archive/text_rows.json?_size=1&_shape=objects&_next={first['next']}").json()
    assert first["rows"][0]["id"] != second["rows"][0]["id"]
    assert get("/archive/text_rows/1").status_code == 200


def test_a_page_that_is_not_there_is_told_in_the_visitors_language(get: Get) -> None:
    response = get("/archive/nothing?_lang=zh")
    assert response.status_code == 404
    assert "地址可能写错了" in response.text
    assert "not found" not in response.text.lower()
