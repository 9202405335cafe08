"""A removed article or address answers with the day and the removal, and nothing else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from pipelines.forget.order import Order
from pipelines.forget.scope import make_scope
from pipelines.forget.verbs import remove
from pipelines.store import CrawlStore, store_path
from tests.crawler.serve.conftest import Get

URL = "https://daily.example/c.html"


@pytest.mark.parametrize("hide_only", [True, False])
@pytest.mark.parametrize("path", ["/article/2", f"/search?q={quote(URL)}"])
def test_what_was_removed_or_is_hidden_answers_with_its_removal(
    archive_path: Path, get: Get, path: str, hide_only: bool
) -> None:
    assert "物流园吞吐创新高" in get("/article/2").text
    CrawlStore(store_path(archive_path)).close()
    order = Order("legal", "letter", "2026-04-01T00:00:00Z", hide_only=hide_only)
    assert remove(archive_path, make_scope(urls=[URL]), order).trouble == ""
    answer = get(path)
    assert (answer.status_code, "Removed on 2026-04-01 by removal 1." in answer.text) == (410, True)
    assert not any(word in answer.text for word in ("物流园", "海沧", "legal", "letter"))
