"""Importing this loads all that reading a page needs: the process does it from which workers are forked.

Nothing flows in or out. Imports and tables take 2.2 s of CPU, which each worker would pay for itself; frozen,
they are not looked over for garbage in each of them, so that their memory stays shared.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from pipelines.records import Page, Source

_URL = "http://a.example/2024/1.html"
_TEXT = "多家企业签约落户,总投资达三十亿元。"
"""No Latin words: `warmed_latin`."""


gc.set_threshold(20_000)  # as crawler/cli/app.py does, where it says why


def warm(title: str, byline: str, text: str) -> None:
    """Reads a page."""
    from pipelines.stages import read_page  # noqa: PLC0415  # what it imports is not looked over for garbage

    html = (
        f"<html><head><title>{title}</title></head><body><div><h1>{title}</h1><span>{byline}</span>"
        f"<p>{text * 3}</p><p>{text[::-1] * 3}</p></div></body></html>"
    )
    page = Page(0, "a.example", _URL, _URL, 200, (), html.encode(), datetime.now(UTC))
    read_page(page, Source("a.example"))
    gc.collect()
    gc.freeze()


warm("园区召开会议", "2024-05-06 来源:日报 作者:王明", _TEXT)
