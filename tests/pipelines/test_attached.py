"""What is taken of a file's bytes, and why nothing is: bounds, foreign formats, a missing extra."""

from __future__ import annotations

import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest

from pipelines.attached import TEXT_CHARS_MAX, UNPACKED_MAX_BYTES, read_file, require_readers
from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource, FileText, Page, Rejection

AT = datetime(2026, 5, 1, tzinfo=UTC)
OLD = "file not read: an older format of Office, or one with a password"
NO_FILE = "file not read: no PDF, DOCX or XLSX"


def _read(body: bytes) -> FileText | Rejection:
    url = "https://park.example/f/file"
    return read_file(Page(1, "park.example", url, url, 200, (), body, AT, is_file=True))


def _docx(xml: bytes, *, padding: int = 0) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("word/document.xml", xml)
        with package.open("word/media/image1.bmp", "w") as part:
            for _ in range(padding // 2**20):
                part.write(bytes(2**20))
    return made.getvalue()


def _document(*paragraphs: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rows = "".join(f"<w:p>{said}</w:p>" for said in paragraphs)
    return f'<w:document xmlns:w="{space}"><w:body>{rows}</w:body></w:document>'.encode()


def test_a_paragraph_is_a_line_whatever_runs_and_private_signs_it_is_made_of() -> None:
    runs = "<w:r><w:t>青岚湖</w:t></w:r><w:r><w:t>园区\ue5e5</w:t><w:tab/><w:t>申请表</w:t></w:r>"
    found = _read(_docx(_document(runs, "", "<w:r><w:t>第二行</w:t></w:r>")))
    assert found == FileText("https://park.example/f/file", "park.example", "青岚湖园区 申请表\n第二行", AT)


def test_of_a_long_file_its_beginning_is_kept() -> None:
    line = "园" * 1000
    found = _read(_docx(_document(*[f"<w:r><w:t>{line}</w:t></w:r>"] * 300)))
    assert isinstance(found, FileText)
    assert TEXT_CHARS_MAX - 1001 < len(found.text) <= TEXT_CHARS_MAX


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>log in</body></html>", NO_FILE),
        (b"PK\x03\x04 cut", "file not read: damaged (BadZipFile)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD),
        (_docx(b"<w:document"), "file not read: damaged (XMLSyntaxError)"),
    ],
    ids=["a page", "a cut package", "an older format", "broken XML"],
)
def test_a_file_without_a_text_says_why(body: bytes, reason: str) -> None:
    found = _read(body)
    assert isinstance(found, Rejection)
    assert found.reason == reason


def test_a_bomb_is_not_unpacked() -> None:
    found = _read(_docx(_document(), padding=UNPACKED_MAX_BYTES + 2**20))
    assert isinstance(found, Rejection)
    assert found.reason == "file not read: larger than 200 MB unpacked"


def test_an_entity_in_a_document_is_not_resolved() -> None:
    xml = _document("<w:r><w:t>&it;</w:t></w:r>")
    found = _read(_docx(b'<!DOCTYPE d [<!ENTITY it SYSTEM "file:///etc/hostname">]>' + xml))
    assert isinstance(found, Rejection)


def test_without_the_extra_a_source_that_wants_it_is_refused_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = CrawlSource("a.example", "甲", ("https://a.example/",))
    wanting = CrawlSource("b.example", "乙", ("https://b.example/",), attachments=True)
    require_readers([plain, wanting])
    monkeypatch.setitem(sys.modules, "pypdf", None)
    require_readers([plain])
    with pytest.raises(ConfigurationError, match=r"b\.example: .*parknews\[attachments\]"):
        require_readers([plain, wanting])
