from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.decode import decode, likely_encoding
from pipelines.records import Decoded, Page, Rejection

TEXT = "园区今年新签项目三十二个，总投资一百八十六亿元，新增就业四千余人。"
HANT = "園區今年新簽項目三十二個，總投資一百八十六億元，新增就業四千餘人。"


def _page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(
        page_id=1,
        source="www.example.cn",
        url="https://www.example.cn/1.html",
        url_answered="https://www.example.cn/1.html",
        status=200,
        headers=(("content-type", content_type),),
        body=body,
        fetched_at=datetime(2024, 6, 28, tzinfo=UTC),
    )


def _html(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>{text[:8]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "gb18030", "utf-8", "big5", "iso-8859-1", ""])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_simplified_text_is_read_whatever_the_page_declares(declared: str, encoding: str) -> None:
    page = _page(_html(TEXT, declared).encode(encoding))
    assert decode(page) == Decoded(_html(TEXT, declared), encoding)


@pytest.mark.parametrize("declared", ["big5", "utf-8", "gb2312", ""])
@pytest.mark.parametrize("encoding", ["big5hkscs", "utf-8"])
def test_traditional_text_is_read_whatever_the_page_declares(declared: str, encoding: str) -> None:
    page = _page(_html(HANT, declared).encode(encoding))
    assert decode(page) == Decoded(_html(HANT, declared), encoding)


def test_a_header_and_a_meta_that_are_both_wrong_are_overruled() -> None:
    page = _page(_html(TEXT, "utf-8").encode("gbk"), "text/html; charset=utf-8")
    assert decode(page) == Decoded(_html(TEXT, "utf-8"), "gb18030")


def test_a_page_that_declares_gb2312_may_hold_characters_of_gbk_only() -> None:
    text = TEXT + "负责人喆镕表示，堃泰公司已经投产。"
    assert decode(_page(_html(text, "gb2312").encode("gbk"))) == Decoded(_html(text, "gb2312"), "gb18030")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_comes_before_the_header(encoding: str) -> None:
    result = decode(_page(_html(TEXT).encode(encoding), "text/html; charset=gbk"))
    assert isinstance(result, Decoded)
    assert result.html == _html(TEXT)


@pytest.mark.parametrize(
    ("encoding", "content_type", "declared"),
    [
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("utf-8", "text/html; charset=nonsense", ""),
        ("utf-8", "text/html; charset=utf-16", ""),
        ("utf-8-sig", "text/html; charset=gbk", ""),
        ("gb18030", "text/html", ""),
        ("gb18030", "text/html", "gb2312"),
        ("big5hkscs", "text/html", "big5"),
        ("utf-16", "text/html", ""),
    ],
)
def test_the_likely_encoding_is_the_one_that_is_read(encoding: str, content_type: str, declared: str) -> None:
    body = _html(HANT if encoding == "big5hkscs" else TEXT, declared).encode(encoding)
    result = decode(_page(body, content_type))
    assert isinstance(result, Decoded)
    assert likely_encoding(body, content_type) == result.encoding


def test_a_stray_byte_is_left_out_of_utf8() -> None:
    body = _html(TEXT, "utf-8").encode().replace(b"</p>", b"\xe5</p>")
    assert decode(_page(body)) == Decoded(_html(TEXT, "utf-8"), "utf-8")


def test_a_body_that_was_cut_within_a_character_is_read_to_there() -> None:
    result = decode(_page((_html(TEXT, "utf-8") + TEXT).encode()[:-4]))
    assert isinstance(result, Decoded)
    assert result.html.endswith("四千余")


def test_latin_text_in_windows_1252_is_read() -> None:
    text = "The café owners’ society met in Zürich on Monday to discuss the new park."
    assert decode(_page(_html(text, "iso-8859-1").encode("cp1252"))) == Decoded(
        _html(text, "iso-8859-1"), "cp1252"
    )


def test_nul_bytes_do_not_survive() -> None:
    result = decode(_page(_html(TEXT, "utf-8").replace("园区", "园\0区").encode()))
    assert result == Decoded(_html(TEXT, "utf-8"), "utf-8")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty page"),
        (b" \r\n\t", "empty page"),
        (b"%PDF-1.7\n%\xe2\xe3", "not text: pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "not text: image"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "not text: image"),
        (b"PK\x03\x04" + bytes(64), "not text: archive or office file"),
        (bytes(range(256)) * 8, "not text: binary"),
        (
            TEXT.encode().decode("gb18030", "ignore").encode(),
            "undecodable: no known encoding gives plausible text",
        ),
    ],
)
def test_what_is_no_readable_text_is_rejected_with_its_reason(body: bytes, reason: str) -> None:
    assert decode(_page(body)) == Rejection(
        "https://www.example.cn/1.html", "www.example.cn", "decode", reason
    )


@pytest.mark.parametrize("names", ["吳燚", "陈妍", "郗鑫淼" * 9, "大灣報 版权所有", "喆"])
def test_an_english_page_with_a_few_chinese_names_is_utf_8(names: str) -> None:
    html = f"<html><meta charset=utf-8><p>The park signed with a firm led by Wu Yi ({names}).</p></html>"
    assert decode(_page(html.encode())) == Decoded(html, "utf-8")
