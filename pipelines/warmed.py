"""Importing this loads all that reading a page needs: the process does it from which workers are forked.

Nothing flows in or out. Imports and tables take 1.5 s of CPU, which each worker would pay for itself; frozen,
they are not looked over for garbage in each of them, so that their memory stays shared.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from pipelines.records import Page, Source
from pipelines.stages import read_page

_TEXT = "园区召开招商推进会,多家企业签约落户,总投资达三十亿元。The park's companies met on Monday. " * 3
_HTML = (
    f"<html><head><title>园区召开招商推进会</title></head><body><div><h1>园区召开招商推进会</h1>"
    f"<span>2024-05-06 来源:日报 作者:王明</span><p>{_TEXT}</p><p>{_TEXT[::-1]}</p></div></body></html>"
)
_URL = "http://a.example/2024/1.html"
read_page(Page(0, "a.example", _URL, _URL, 200, (), _HTML.encode(), datetime.now(UTC)), Source("a.example"))
gc.collect()
gc.freeze()
gc.set_threshold(20_000)  # as crawler/cli/app.py does, where it says why
