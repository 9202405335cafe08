"""The text of a file that an article gives its readers: PDF, DOCX or XLSX, told by its bytes.

In: the file as it was fetched. Out: a FileText, or a Rejection that says why there is none. Bounded in pages,
rows, characters and unpacked bytes here, and in time and memory by the worker that calls it. `pypdf` and
`openpyxl` are the extra `parknews[attachments]`; a DOCX is a zip with XML in it (ECMA-376), which lxml reads.
"""

from __future__ import annotations

import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from io import BytesIO

from lxml import etree

from pipelines.errors import ConfigurationError
from pipelines.records import CrawlSource, FileText, Page, Rejection

READ = ("pdf", "docx", "xlsx")
"""Endings of the files whose text can be taken; no other is asked for."""
TEXT_CHARS_MAX = 200_000
"""Of a file's text so much is kept: a book of 300 pages."""
PAGES_MAX = 200
"""Pages of a PDF that are read: 0.6 s at the 3 ms of a full one; the worker's time bounds stranger ones."""
ROWS_MAX = 20_000
"""Rows of all sheets of a workbook that are read: 2.4 s with ten cells each."""
UNPACKED_MAX_BYTES = 200 * 1024 * 1024
"""A DOCX or XLSX that is larger unpacked is taken for a bomb."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the older formats of Office begin, and newer ones with a password."""
_SPACE = re.compile(r"[^\S\n]+")


class _NoTextError(Exception):
    """Why a file has no text for us."""


def require_readers(sources: Iterable[CrawlSource]) -> None:
    """Refuses to begin where a source wants its files read and there is nothing to read them with.

    Raises:
        ConfigurationError: the extra is missing; the message names the source.
    """
    wanting = [source.host for source in sources if source.attachments]
    if wanting and not all(map(find_spec, ("pypdf", "openpyxl"))):
        others = f" (and {len(wanting) - 1} more)" if len(wanting) > 1 else ""
        extra = "the extra is missing; pip install 'parknews[attachments]'"
        raise ConfigurationError(f"{wanting[0]}{others}: attachments = true, and {extra}")


def read_file(page: Page) -> FileText | Rejection:
    """What a file says."""
    try:
        text = _squeezed(_pieces(page.body))
    except _NoTextError as error:
        return Rejection(page.url, page.source, "extract", f"file not read: {error}")
    if not text:
        reason = "file not read: no text in it, only images or nothing"
        return Rejection(page.url, page.source, "extract", reason)
    return FileText(page.url, page.source, text, page.fetched_at)


def _pieces(body: bytes) -> Iterator[str]:
    if b"%PDF-" in body[:1024]:
        return _of_pdf(body)
    if body.startswith(_OLE):
        raise _NoTextError("an older format of Office, or one with a password")
    if not body.startswith(b"PK\x03\x04"):
        raise _NoTextError("no PDF, DOCX or XLSX")
    return _of_package(body)


def _of_pdf(body: bytes) -> Iterator[str]:
    from pypdf import PdfReader  # noqa: PLC0415  # an extra
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each fault that it mends
    try:
        reader = PdfReader(BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):  # many have a password for changes only
            raise _NoTextError("encrypted")
        for number, page in enumerate(reader.pages):
            if number >= PAGES_MAX:
                return
            yield page.extract_text()
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise _NoTextError(f"damaged ({type(error).__name__})") from error


def _of_package(body: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(BytesIO(body)) as package:
            names = {part.filename for part in package.infolist()}
            if sum(part.file_size for part in package.infolist()) > UNPACKED_MAX_BYTES:
                raise _NoTextError(f"larger than {UNPACKED_MAX_BYTES // 2**20} MB unpacked")
            if "word/document.xml" in names:
                yield from _of_document(package.read("word/document.xml"))
            elif "xl/workbook.xml" in names:
                yield from _of_workbook(body)
            else:
                raise _NoTextError("no PDF, DOCX or XLSX")
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, OSError, KeyError, ValueError) as error:
        raise _NoTextError(f"damaged ({type(error).__name__})") from error


def _of_document(xml: bytes) -> Iterator[str]:
    """A paragraph each, those of tables too."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    for paragraph in root.iter(f"{_WORD}p"):
        yield "".join(
            part.text or "" if part.tag == f"{_WORD}t" else " "
            for part in paragraph.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br")
        )


def _of_workbook(body: bytes) -> Iterator[str]:
    """A row each, its cells parted by a space."""
    from openpyxl import load_workbook  # noqa: PLC0415  # an extra

    workbook = load_workbook(BytesIO(body), read_only=True, data_only=True)
    read = 0
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(values_only=True):
            read += 1
            if read > ROWS_MAX:
                return
            yield " ".join(str(value) for value in row if value is not None)


def _squeezed(pieces: Iterable[str]) -> str:
    """Pieces as lines, up to a bound, without what no reader sees."""
    lines: list[str] = []
    room = TEXT_CHARS_MAX
    for line in (line for piece in pieces for line in piece.splitlines()):
        said = _SPACE.sub(" ", "".join(" " if _is_unseen(c) else c for c in line)).strip()
        if said:
            lines.append(said[:room])
            room -= len(said) + 1
        if room <= 0:
            break
    return "\n".join(lines)


def _is_unseen(character: str) -> bool:
    """Control characters, lone surrogates and signs of private fonts."""
    return unicodedata.category(character) in ("Cc", "Cs", "Co")
