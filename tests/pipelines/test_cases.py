"""Every folder of tests/cases/ through decode, extract and clean: a new case needs no code.

page.html holds the bytes, page.toml what was known of them (address, time of fetching, header), and
expected.json the fields that the case is about: the whole text always, the others where named.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.clean import clean
from pipelines.decode import decode
from pipelines.extract import extract
from pipelines.furniture import line_key
from pipelines.records import Page, Rejection, Source, Story

CASES = sorted(path.parent for path in (Path(__file__).parent.parent / "cases").glob("*/page.toml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_page_gives_the_expected_answer(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    result = _read(folder)
    if "rejection" in expected:
        assert isinstance(result, Rejection), result.text
        assert [result.stage, result.reason[: len(expected["rejection"]["reason"])]] == [
            expected["rejection"]["stage"],
            expected["rejection"]["reason"],
        ]
    else:
        assert isinstance(result, Story), result.reason
        kinds = expected.pop("stripped", [])
        assert {name: _value(result, name) for name in expected} == expected
        assert set(kinds) <= {piece.kind for piece in result.stripped}


def _read(folder: Path) -> Story | Rejection:
    known = tomllib.loads((folder / "page.toml").read_text("utf-8"))
    source = Source(
        host="www.park-demo.example",
        time_zone=known.get("time_zone", ""),
        furniture=frozenset(
            key for line in known.get("furniture", []) if (key := line_key(line)) is not None
        ),
    )
    body, headers = (folder / "page.html").read_bytes(), (("content-type", known["content_type"]),)
    page = Page(1, source.host, known["url"], known["url"], 200, headers, body, known["fetched_at"])
    decoded = decode(page)
    if isinstance(decoded, Rejection):
        return decoded
    extracted = extract(decoded, page, source)
    return extracted if isinstance(extracted, Rejection) else clean(extracted, page, source)


def _value(story: Story, name: str) -> Any:
    if name == "rights":
        return [right.kind for right in story.rights]
    value = getattr(story, name)
    return value if value is None or isinstance(value, str) else value.value
