"""A request from the letter to the reply, without knowing any flag; stopped anywhere, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipelines.forget.record import recorded, troubles, waiting
from pipelines.forget.requests import Request
from tests.commands import parknews_here
from tests.pipelines.forget import stranger
from tests.pipelines.forget.worlds import COPIER, NAMES, PARK, World
from tests.readings import rows

LETTER = ("青岚湖园区法务", "来函要求下架", "著作权法", "T-17", "2026-12-31")
NO_WISHES = ("n", "n", "n", "n")
ONCE_MORE = "n"
TODAY = datetime(2026, 12, 30, 12, tzinfo=UTC)

Guide = Callable[..., tuple[int, str]]


@pytest.fixture
def guide(world: World) -> Callable[..., tuple[int, str]]:
    """Answers the guide's questions, a line each; then the input ends."""

    def run(*answers: str, words: tuple[str, ...] = ("--lang", "en")) -> tuple[int, str]:
        said = "".join(f"{answer}\n" for answer in answers)
        done = parknews_here(world.path, "removals", "guide", *words, typed=said)
        return done.code, done.out

    return run


def test_a_letter_is_worked_off_to_the_reply(world: World, guide: Guide) -> None:
    page = world.of(PARK)[2]
    code, said = guide(
        *LETTER, page.title, page.url, "", "1", PARK, ONCE_MORE, *NO_WISHES, "1", "y", words=("--lang", "zh")
    )
    assert code == 0, said
    assert f"parknews remove-source {PARK} --dry-run" in said
    assert "移除令 1 已完成并核验：7 个页面" in said
    assert rows(world.path, "SELECT deadline, ticket, removal_id, outcome FROM removal_requests") == [
        ("2026-12-31", "T-17", 1, "answered")
    ]
    removal = recorded(world.path, 1).removal
    assert (removal.state, removal.requester, removal.basis) == ("verified", LETTER[0], LETTER[1 + 1])


def test_an_author_and_an_article_are_asked_for_in_the_guide(world: World, guide: Guide) -> None:
    page = world.of(PARK)[2]
    [(number,)] = rows(world.path, "SELECT article_id FROM copies WHERE url = ?", page.url)
    code, said = guide(
        *LETTER, "", "9", "no. 3", "9", str(number), "y", "7", "赵小雨", ONCE_MORE, *NO_WISHES, "0"
    )
    assert (code, "no. 3: not an article's number" in said) == (1, True)
    assert f"parknews remove-source --author '赵小雨' --article {number} --dry-run" in said


def test_a_request_is_recorded_first_and_gone_on_with_another_day(world: World, guide: Guide) -> None:
    code, said = guide(*LETTER)
    assert (code, "parknews removals guide 1" in said) == (1, True)
    code, said = guide("", "1", PARK, ONCE_MORE, *NO_WISHES, "0", words=("1",))
    assert (code, rows(world.path, "SELECT count(*) FROM removals")) == (1, [(0,)])
    code, said = guide("1", "1", "y")  # the request, yes, the reply is sent; what is to go was said already
    assert (code, "Request 1 is closed." in said) == (0, True)
    assert recorded(world.path, 1).removal.scope == f"host {PARK}"


def test_what_was_typed_stays_nowhere_once_it_is_done(world: World, guide: Guide) -> None:
    page = world.of(COPIER)[9]
    guide(*LETTER, "", "4", page.url, "", ONCE_MORE, "n", "y", "n", "n", "0")
    assert page.url in rows(world.path, "SELECT answers FROM removal_requests")[0][0]
    assert guide("1", "y", words=("1",))[0] == 0
    assert stranger.search(world.path.parent, [page.url, page.title]) == {}


def test_a_counter_notice_gives_back_what_the_guide_has_hidden(world: World, guide: Guide) -> None:
    before = rows(world.path, "SELECT id, url FROM copies ORDER BY id")
    code, said = guide(*LETTER, "", "5", NAMES[PARK], ONCE_MORE, *NO_WISHES, "1", "0")
    assert (code, "may begin on" in said) == (1, True)
    assert rows(world.path, "SELECT id, url FROM copies ORDER BY id") != before
    code, said = guide("2", "反通知", words=("1",))
    assert (code, rows(world.path, "SELECT id, url FROM copies ORDER BY id")) == (0, before)


def test_what_is_hidden_is_deleted_at_once_with_a_reason(world: World, guide: Guide) -> None:
    guide(*LETTER, "", "5", NAMES[PARK], ONCE_MORE, *NO_WISHES, "1", "0")
    code, said = guide("1", "court order", "y", words=("1",))
    assert (code, recorded(world.path, 1).removal.state) == (0, "verified"), said
    assert "court order" in {detail for _, _, detail in recorded(world.path, 1).events}


def test_a_wrong_scope_is_asked_for_again(world: World, guide: Guide) -> None:
    code, said = guide(*LETTER, "", "3", "ftp://x/", "0", "not about us")
    assert (code, "That does not work" in said) == (0, True)
    assert rows(world.path, "SELECT outcome FROM removal_requests") == [("not about us",)]


@pytest.mark.parametrize(
    ("deadline", "says"),
    [
        ("2026-12-29", ["request 7 was to be answered by 2026-12-29: `parknews removals guide 7`"]),
        ("2027-01-02", ["request 7 is to be answered by 2027-01-02: `parknews removals guide 7`"]),
        ("2027-01-03", []),
        (None, []),
    ],
)
def test_a_request_is_told_three_days_before_its_deadline(deadline: str | None, says: list[str]) -> None:
    assert list(troubles([Request(7, "", "", "", deadline=deadline)], [], TODAY)) == says


def test_an_archive_that_is_not_there_waits_for_nothing(world: World) -> None:
    assert waiting(world.path.with_name("none.db"), TODAY) == []


def test_each_answer_is_kept_before_the_next_question(world: World, guide: Guide) -> None:
    page = world.of(PARK)[2]
    said = [*LETTER, page.url, "", "1", PARK, ONCE_MORE, "n", "n"]
    answers = iter(said)
    code, out = guide(next(answers))
    assert (code, "To go on: parknews removals guide 1\n" in out) == (1, True)
    assert rows(world.path, "SELECT requester, reason FROM removal_requests") == [(LETTER[0], "")]
    for answer in answers:
        guide(*([answer, ""] if answer == page.url else [answer]), words=("1", "--lang", "en"))
        if answer == page.url:
            next(answers)
        if answer == "1":  # the choice and its host are one answer
            guide("1", next(answers), words=("1", "--lang", "en"))
    code, out = guide("n", "n", "1", "y", words=("1", "--lang", "en"))  # wishes, yes, it is sent
    assert (code, "Request 1 is closed." in out) == (0, True), out
    assert "Who asks" not in out
    [row] = rows(world.path, "SELECT reason, basis, ticket, deadline, answers FROM removal_requests")
    assert row == (*LETTER[1:], "")
    assert recorded(world.path, 1).removal.scope == f"host {PARK}"


def test_a_scope_that_is_not_here_names_the_nearest_and_is_only_blocked(guide: Guide) -> None:
    mistyped = PARK.replace("park", "parkk")
    code, out = guide(*LETTER, "", "1", mistyped, ONCE_MORE, *NO_WISHES, "1", "y")
    assert (code, f"look like it: {PARK}" in out, "nothing was there; blocked" in out) == (0, True, True)
    assert "verified" not in out
