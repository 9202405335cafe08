"""An archive of an earlier version says so, once, where people look, until it is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.archive import Archive
from tests.commands import Run
from tests.readings import NOW, rows

SAID = "read and joined by the rules of an earlier version; run `parknews reprocess`"


@pytest.fixture
def earlier(archive: Path) -> Path:
    """The archive as a version left it that kept no number of its rules."""
    rows(archive, "DELETE FROM meta WHERE key = 'rules'")
    return archive


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("words", [("search", "园区"), ("show", "1"), ("status",), ("split", "--list")])
def test_it_is_said_once_on_stderr(parknews: Run, words: tuple[str, ...]) -> None:
    found = parknews(*words)
    assert (found.err.count(SAID), SAID in found.out) == (1, False)


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("words", [("search", "园区"), ("show", "1")])
def test_an_archive_of_ours_says_nothing(parknews: Run, words: tuple[str, ...]) -> None:
    assert SAID not in parknews(*words).err


def test_nothing_is_said_where_there_is_no_archive(parknews: Run) -> None:
    assert SAID not in parknews("search", "园区").err


def test_it_is_not_said_once_all_is_joined_again(parknews: Run, earlier: Path) -> None:
    with Archive(earlier) as archive:
        list(archive.rejoin(NOW))
    assert SAID not in parknews("show", "1").err


@pytest.mark.parametrize("rules", ["2", "0123456789ab"], ids=["a number", "another digest"])
def test_other_rules_are_earlier_ones(parknews: Run, archive: Path, rules: str) -> None:
    rows(archive, "UPDATE meta SET value = ? WHERE key = 'rules'", rules)
    assert SAID in parknews("show", "1").err
