from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.decode import decode
from pipelines.records import Decoded, Page, Rejection

TEXT = "园区今年新签项目三十二个，总投资一百八十六亿元，新增就业四千余人。"
HANT = "園區今年新簽項目三十二個，總投資一百八十六億元，新增就業四千餘人。"

LANGUAGES = {
    "zh": (TEXT + "管委会负责人介绍，下一步将继续优化营商环境，推动企业加快建设。", "gb18030 gbk utf-8"),
    "zh-Hant": (HANT + "管委會負責人介紹，下一步將繼續優化營商環境，推動企業加快建設。", "big5hkscs utf-8"),
    "ja": (
        "工業団地は今年、新たに三十二件の契約を結んだ。担当者は「来年も誘致を進めたい」と話す。",
        "cp932 euc_jp utf-8",
    ),
    "ko": (
        "산업단지는 올해 새로 서른두 건의 계약을 체결했다. 관계자는 내년에도 계속하겠다고 밝혔다.",
        "cp949 utf-8",
    ),
    "ru": (
        "Промышленный парк подписал тридцать два договора, сообщил глава администрации.",
        "cp1251 koi8_r utf-8",
    ),
    "uk": (
        "Індустріальний парк підписав тридцять дві угоди, повідомив керівник адміністрації.",
        "cp1251 koi8_u",
    ),
    "el": (
        "Το βιομηχανικό πάρκο υπέγραψε τριάντα δύο νέες συμβάσεις, ανακοίνωσε η διοίκηση.",
        "cp1253 iso8859_7",
    ),
    "he": ("פארק התעשייה חתם השנה על שלושים ושתיים עסקאות חדשות, הודיע ראש העירייה.", "cp1255"),
    "ar": ("وقعت المنطقة الصناعية هذا العام اثنين وثلاثين عقدا جديدا، كما أعلن رئيس الإدارة.", "cp1256"),
    "th": ("นิคมอุตสาหกรรมลงนามสัญญาใหม่สามสิบสองฉบับในปีนี้ จะมีการลงทุนเพิ่มขึ้นอีกในปีหน้า", "cp874"),
    "de": (
        "Die Länder müssen über zweiunddreißig größere Verträge öffentlich beraten, hieß es früh.",
        "cp1252 utf-8",
    ),
    "fr": (
        "L’été dernier déjà, à Nîmes, le président du conseil général a été très satisfait, ça avançait.",
        "cp1252",
    ),
    "pl": (
        "Park przemysłowy podpisał też trzydzieści dwie umowy w Łodzi; będą nowe miejsca, również w środę.",
        "cp1250",
    ),
    "cs": (
        "Průmyslový park podepsal třicet dva nových smluv; příští rok přibudou další místa, řekl šéf.",
        "cp1250",
    ),
    "hu": (
        "Az ipari park harminckét új szerződést írt alá; erősödő bővülés jön a következő években, közölték.",
        "cp1250",
    ),
    "tr": (
        "Organize sanayi bölgesi otuz iki yeni sözleşme imzaladı; yatırımların süreceğini söyledi, şimdi.",
        "cp1254",
    ),
}
READINGS = [(language, encoding) for language, (_, names) in LANGUAGES.items() for encoding in names.split()]
LABELS = [
    "",
    "nonsense",
    "utf-16",
    *sorted({encoding.replace("_", "-") for _, encoding in READINGS} - {"cp874"}),
]

URL, AT = "https://www.example.cn/1.html", datetime(2024, 6, 28, tzinfo=UTC)


def _page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(1, "www.example.cn", URL, URL, 200, (("content-type", content_type),), body, AT)


@cache
def _letters(encoding: str) -> list[str]:
    """Those that an encoding has: hypothesis itself (`codec=`) would try a million for each."""
    of_letters = (c for c in map(chr, range(0x30000)) if unicodedata.category(c) in ("Lu", "Ll", "Lo"))
    return [c for c in of_letters if c.encode(encoding, "ignore")]


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


def test_a_stray_byte_is_left_out_of_utf8() -> None:
    body = _html(TEXT, "utf-8").encode().replace(b"</p>", b"\xe5</p>")
    assert decode(_page(body)) == Decoded(_html(TEXT, "utf-8"), "utf-8")


def test_a_body_that_was_cut_within_a_character_is_read_to_there() -> None:
    result = decode(_page((_html(TEXT, "utf-8") + TEXT).encode()[:-4]))
    assert isinstance(result, Decoded)
    assert result.html.endswith("四千余")


@settings(deadline=None)
@given(st.sampled_from(READINGS), st.data())
def test_a_text_that_is_declared_rightly_comes_back_whole(
    reading: tuple[str, str], data: st.DataObject
) -> None:
    """Whatever it is about: its sentences in any order, with rare letters among them."""
    language, encoding = reading
    letters = st.sampled_from(_letters(encoding))
    parts = st.sampled_from(
        LANGUAGES[language][0].split(" " if language not in {"zh", "zh-Hant", "ja"} else "，")
    )
    rare = data.draw(st.text(letters, max_size=3))
    html = _html(f"{LANGUAGES[language][0]} {' '.join(data.draw(st.lists(parts)))} {rare}", encoding)
    result = decode(_page(html.encode(encoding), f"text/html; charset={encoding.replace('_', '-')}"))
    assert isinstance(result, Decoded)
    assert result.html == html


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(READINGS), st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_a_text_that_is_declared_wrongly_comes_back_whole_or_not_at_all(
    reading: tuple[str, str], of_server: str, of_page: str
) -> None:
    language, encoding = reading
    html = _html(LANGUAGES[language][0], of_page)
    result = decode(_page(html.encode(encoding), f"text/html; charset={of_server}"))
    assert isinstance(result, Rejection) or result.html == html


@settings(deadline=None)
@given(st.sampled_from(READINGS), st.binary(min_size=1, max_size=30), st.integers(0, 11))
def test_a_broken_piece_takes_nothing_else_with_it(
    reading: tuple[str, str], noise: bytes, place: int
) -> None:
    language, encoding = reading
    text = LANGUAGES[language][0]
    noise = bytes(byte | 0x80 for byte in noise)
    pieces = [f"<p>{n} {text}</p>".encode(encoding) for n in range(12)]
    pieces.insert(place, b"<li>" + noise + b"</li>")
    result = decode(_page(b"<html>" + b"\n".join(pieces), f"text/html; charset={encoding.replace('_', '-')}"))
    assert isinstance(result, Decoded)
    assert [f"<p>{n} {text}</p>" in result.html for n in range(12)] == [True] * 12


def test_an_english_page_in_gbk_has_its_quotes_and_a_name() -> None:
    html = _html("The park’s manager, José Wu, said “yes” – and “no” to the world’s largest plant.", "gb2312")
    assert decode(_page(html.encode("gbk"))) == Decoded(html, "gb18030")


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize(("declared", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("", "utf-8")])
def test_headlines_that_are_cut_within_a_character_lose_that_character_only(
    declared: str, encoding: str, cut: int
) -> None:
    headline = TEXT[:9].encode(encoding)[: -min(cut, 1 if encoding == "gb18030" else 2)]
    whole = TEXT[:8]
    html = f"<html><meta charset='{declared}'><p>{TEXT}</p>".encode(encoding)
    result = decode(_page(html + b"<a href='/1'>".join([b"", *[headline + b"..</a>"] * 80])))
    assert result == Decoded(
        f"<html><meta charset='{declared}'><p>{TEXT}</p>" + f"<a href='/1'>{whole}..</a>" * 80, encoding
    )


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", ""])
@pytest.mark.parametrize("filler", [0, 60_000])
@pytest.mark.parametrize(
    ("encoding", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8"), ("utf-8", "big5"), ("big5", "utf-8")]
)
def test_a_menu_and_a_footer_may_be_in_another_encoding(
    encoding: str, other: str, declared: str, filler: int
) -> None:
    text = HANT if "big5" in {encoding, other} else TEXT
    foot = "版權所有 園區管理委員會" if "big5" in {encoding, other} else "版权所有 园区管理委员会"
    pieces = [
        (f"<html><meta charset='{declared}'><title>{text[:12]} - ", encoding),
        (foot[5:], other),
        (f"</title><script>{'a=1;' * filler}</script><ul>", "ascii"),
        (f"<li>{foot}", other),
        (f"</ul><p>{text}</p>", encoding),
        (f"<p>{foot}</p>", other),
    ]
    result = decode(_page(b"".join(piece.encode(by) for piece, by in pieces)))
    assert isinstance(result, Decoded)
    assert result.html == "".join(piece for piece, _ in pieces)


@pytest.mark.parametrize(
    "hidden",
    [
        ".icon:before{content:'" + "".join(map(chr, range(0xE600, 0xE680))) + "'}",
        "var names = '喆镕堃淼焱燚垚犇骉猋鱻麤';",
        "var cut = '\ufffd\ufffd\ufffd';",
    ],
)
@pytest.mark.parametrize("text", [TEXT, "The park has signed.", "La fête a été gâchée à Noël."])
def test_what_scripts_and_styles_hold_condemns_no_page(text: str, hidden: str) -> None:
    html = f"<html><meta charset=utf-8><style>{hidden}</style><p>{text}</p></html>"
    assert decode(_page(html.encode())) == Decoded(html.replace("\ufffd", ""), "utf-8")


@pytest.mark.parametrize(
    ("codec", "language"), [("hz", "zh"), ("iso2022_jp", "ja"), ("iso2022_kr", "ko"), ("iso2022_jp_2", "ko")]
)
@pytest.mark.parametrize("declared", [True, False])
def test_text_of_shifted_bytes_is_read(codec: str, language: str, *, declared: bool) -> None:
    html = _html(LANGUAGES[language][0], codec.replace("_", "-") if declared else "")
    result = decode(_page(html.encode(codec)))
    assert isinstance(result, Decoded)
    assert result.html == html


def test_bytes_that_shift_to_simplified_chinese_within_iso_2022_are_read() -> None:
    shifted = bytes(byte & 0x7F for byte in TEXT[:6].encode("gb2312"))
    result = decode(_page(b"<html>\x1b$)A<p>\x0e" + shifted + b"\x0f</p></html>"))
    assert isinstance(result, Decoded)
    assert result.html == f"<html><p>{TEXT[:6]}</p></html>"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-16"])
def test_wide_text_is_read_with_or_without_a_mark(encoding: str) -> None:
    result = decode(_page(_html(TEXT * 40).encode(encoding)))
    assert isinstance(result, Decoded)
    assert result.html == _html(TEXT * 40)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("cp1252", "The café owners’ society met in Zürich – on Monday."),
        ("gb18030", "区今年新签项目三十二个，总投"),
    ],
)
def test_a_line_that_was_misread_before_it_was_published_is_set_right(wrong: str, text: str) -> None:
    html = f"<html><p>{HANT}</p><p>{text}</p></html>"
    misread = f"<html><p>{HANT}</p><p>{text.encode().decode(wrong)}</p></html>"
    assert decode(_page(misread.encode())) == Decoded(html, "utf-8")


def test_a_line_whose_characters_are_lost_is_left_out() -> None:
    lost = TEXT.encode("gb18030").decode("utf-8", "replace")
    html = f"<html><p>{TEXT * 3}</p><p>{lost}</p><p>2024</p></html>"
    assert decode(_page(html.encode())) == Decoded(
        f"<html><p>{TEXT * 3}</p><p></p><p>2024</p></html>", "utf-8"
    )


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
