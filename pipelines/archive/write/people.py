"""What people decide: corrections of fields, splits and joins. Their word is last.

In: a URL, what is to hold, why. Out: rows of `corrections` and `decisions`, which every later conclusion
obeys, through reprocess and relinks, until they are withdrawn. Nothing here changes what pages say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipelines.errors import ConfigurationError
from pipelines.said import stands_for

FIELDS = ("title", "published", "author", "credited_source", "language")
LINES = ("remove-line", "keep-line")
"""What is said of lines of a text; a page may have any number of them in force, one a line."""
NO_ARTICLE = "no-article"
"""What is said of a page, or of all whose address a pattern stands for; its `value` is NULL."""
BY_HAND = "rejected by hand"
_LANGUAGE_TAGS = """
zh-Hans zh-Hant aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu
cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu
hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li
ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
"""What a page's language may be: Chinese by its script, and ISO 639-1."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One split or join."""

    id: int
    kind: str
    url: str
    other_url: str | None
    reason: str
    at: str = ""
    withdrawn_at: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The columns by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a field."""

    id: int
    page_url: str
    field: str
    value: str | None
    reason: str
    at: str
    withdrawn_at: str | None

    def as_dict(self) -> dict[str, object]:
        """The columns by name."""
        return asdict(self)


def page_of(connection: sqlite3.Connection, url: str) -> str:
    """The page whose reading stands behind a copy's or a page's URL.

    Raises:
        ConfigurationError: the archive has no such page.
    """
    page = find_page(connection, url)
    if page is None:
        raise ConfigurationError(f"{url}: the archive has no such page; `parknews search` shows addresses")
    return page


def find_page(connection: sqlite3.Connection, url: str) -> str | None:
    """The page whose reading stands behind a copy's or a page's URL; None where there is none any more."""
    row = connection.execute(
        "SELECT page_url FROM readings JOIN copies ON copies.reading_id = readings.id WHERE copies.url = ?"
        " UNION ALL SELECT page_url FROM readings WHERE page_url = ? LIMIT 1",
        (url, url),
    ).fetchone()
    return None if row is None else str(row[0])


def copy_of(connection: sqlite3.Connection, url: str) -> str:
    """The copy that a copy's or a page's URL belongs to.

    Raises:
        ConfigurationError: the archive has no such page.
    """
    row = connection.execute(
        "SELECT copies.url FROM copies JOIN readings ON readings.id = copies.reading_id"
        " WHERE copies.url = ?1 OR readings.page_url = ?1 LIMIT 1",
        (url,),
    ).fetchone()
    if row is None:
        raise ConfigurationError(f"{url}: the archive has no such copy; `parknews search` shows addresses")
    return str(row[0])


def put_correction(
    connection: sqlite3.Connection, page_url: str, field: str, value: str | None, reason: str, at: str
) -> int:
    """Records a correction in place of an earlier one of the same field; returns its id.

    Raises:
        ConfigurationError: no such field, or not a date.
    """
    if field not in (*FIELDS, *LINES):
        known = ", ".join((*FIELDS, *LINES))
        raise ConfigurationError(f"{field}: no field that can be corrected; one of {known}")
    if field in ("title", "language") and not value:
        raise ConfigurationError(f"{field}: cannot be empty")
    if field == "language" and value is not None and value not in _LANGUAGE_TAGS.split():
        raise ConfigurationError(f"language {value}: not known; write zh-Hans, zh-Hant, or ISO 639-1 (en)")
    if field == "published" and value is not None:
        _instant(value)
    same = "field IN (?, ?) AND value = ?" if field in LINES else "field = ?"
    connection.execute(
        f"UPDATE corrections SET withdrawn_at = ? WHERE page_url = ? AND {same} AND withdrawn_at IS NULL",
        (at, page_url, *((*LINES, value) if field in LINES else (field,))),
    )
    [row_id] = connection.execute(
        "INSERT INTO corrections (page_url, field, value, reason, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (page_url, field, value, reason, at),
    ).fetchone()
    return int(row_id)


def put_no_article(connection: sqlite3.Connection, address: str, reason: str, at: str) -> int:
    """Records that an address, or all that a pattern stands for, is no article; returns its id."""
    withdraw_no_article(connection, address, at)
    [row_id] = connection.execute(
        "INSERT INTO corrections (page_url, field, value, reason, at) VALUES (?, ?, NULL, ?, ?) RETURNING id",
        (address, NO_ARTICLE, reason, at),
    ).fetchone()
    return int(row_id)


def withdraw_no_article(connection: sqlite3.Connection, address: str, at: str) -> bool:
    """Takes that back; False where it was not said."""
    sql = "UPDATE corrections SET withdrawn_at = ? WHERE page_url = ? AND field = ? AND withdrawn_at IS NULL"
    return connection.execute(sql, (at, address, NO_ARTICLE)).rowcount > 0


def no_article(connection: sqlite3.Connection, page_url: str) -> str:
    """Why a person says that a page is no article; empty where nobody does."""
    rows = connection.execute(
        "SELECT page_url, reason FROM corrections WHERE field = ? AND withdrawn_at IS NULL ORDER BY id DESC",
        (NO_ARTICLE,),
    )
    return next((f"{BY_HAND}: {reason}" for address, reason in rows if stands_for(address, page_url)), "")


def withdraw_correction(connection: sqlite3.Connection, correction_id: int, at: str) -> str:
    """Takes a correction back; returns its page.

    Raises:
        ConfigurationError: no such correction in force.
    """
    row = connection.execute(
        "UPDATE corrections SET withdrawn_at = ? WHERE id = ? AND withdrawn_at IS NULL RETURNING page_url",
        (at, correction_id),
    ).fetchone()
    if row is None:
        raise ConfigurationError(f"there is no correction {correction_id} in force; list them")
    return str(row[0])


def corrected(connection: sqlite3.Connection, page_url: str, time_zone: str) -> dict[str, str | None]:
    """Columns of `copies` that people have set for a page, with their values."""
    columns: dict[str, str | None] = {}
    for field, value in connection.execute(
        "SELECT field, value FROM corrections WHERE page_url = ? AND field NOT IN (?, ?, ?)"
        " AND withdrawn_at IS NULL ORDER BY field",
        (page_url, *LINES, NO_ARTICLE),
    ):
        columns[field] = value
        if field == "published":
            day = None if value is None else _day(value, time_zone)
            columns |= dict.fromkeys(("published_day", "published_earliest", "published_latest"), day)
            columns["date_origin"] = "correction"
    return columns


def last_change(connection: sqlite3.Connection) -> int:
    """The number of the last change that was noted."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def call_corrections(connection: sqlite3.Connection, after: int) -> None:
    """What changed after that number is told as corrected: a person's word changed it."""
    sql = "UPDATE changes SET change = 'corrected' WHERE seq > ? AND change = 'changed'"
    connection.execute(sql, (after,))


@dataclass(frozen=True, slots=True)
class LineWords:
    """What people want of the lines of a page's text."""

    kept: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def with_one(self, field: str, line: str) -> LineWords:
        """The same with one line more, which is said otherwise no longer."""
        one = frozenset([line])
        kept, removed = self.kept - one, self.removed - one
        return LineWords(kept | one, removed) if field == "keep-line" else LineWords(kept, removed | one)


def line_words(connection: sqlite3.Connection, page_url: str) -> LineWords:
    """What is in force for the lines of a page."""
    said: dict[str, set[str]] = {field: set() for field in LINES}
    for field, value in connection.execute(
        "SELECT field, value FROM corrections WHERE page_url = ? AND field IN (?, ?)"
        " AND withdrawn_at IS NULL",
        (page_url, *LINES),
    ):
        said[field].add(value)
    return LineWords(frozenset(said["keep-line"]), frozenset(said["remove-line"]))


def line_named(connection: sqlite3.Connection, page_url: str, field: str, words: str) -> str:
    """The line that a person means by it or by its beginning: of the text, or of what was stripped.

    Raises:
        ConfigurationError: no line begins so, or several do.
    """
    if field == "remove-line":
        where = "its text"
        rows = connection.execute(
            "SELECT text FROM texts JOIN readings ON readings.text_id = texts.id WHERE page_url = ?",
            (page_url,),
        )
        lines = [line for (text,) in rows for line in text.split("\n")]
    else:
        where = "what was stripped of it"
        rows = connection.execute(
            "SELECT stripped_pieces.text FROM stripped_pieces JOIN readings ON readings.id = reading_id"
            " WHERE page_url = ? ORDER BY position",
            (page_url,),
        )
        lines = [text for (text,) in rows]
    words = words.strip().removesuffix("…")
    found = [line for line in lines if line == words] or [line for line in lines if line.startswith(words)]
    if not words or len(set(found)) != 1:
        what = "several lines begin so" if words and found else "no line begins so"
        raise ConfigurationError(
            f"{page_url}: {what} in {where}; give a line, or enough of its beginning, as `show` has it"
        )
    return str(found[0])


def put_decision(
    connection: sqlite3.Connection, kind: str, url: str, other_url: str | None, reason: str, at: str
) -> int:
    """Records a split or a join; returns its id."""
    [row_id] = connection.execute(
        "INSERT INTO decisions (kind, url, other_url, reason, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (kind, url, other_url, reason, at),
    ).fetchone()
    return int(row_id)


def withdraw_decision(connection: sqlite3.Connection, decision_id: int, at: str) -> Decision:
    """Takes a split or join back; returns it.

    Raises:
        ConfigurationError: no such decision in force.
    """
    row = connection.execute(
        "UPDATE decisions SET withdrawn_at = ? WHERE id = ? AND withdrawn_at IS NULL"
        " RETURNING id, kind, url, other_url, reason, at, withdrawn_at",
        (at, decision_id),
    ).fetchone()
    if row is None:
        raise ConfigurationError(f"there is no split or join {decision_id} in force; list them")
    return Decision(*row)


def decisions(connection: sqlite3.Connection) -> list[Decision]:
    """The splits and joins in force, oldest first, each with the copies that its pages have now."""
    rows = connection.execute(
        "SELECT id, kind, url, other_url, reason FROM decisions WHERE withdrawn_at IS NULL ORDER BY id"
    ).fetchall()
    return [
        Decision(number, kind, _present(connection, url), other and _present(connection, other), reason)
        for number, kind, url, other, reason in rows
    ]


def _present(connection: sqlite3.Connection, url: str) -> str:
    """The copy that an address stands for: pages begin and cease to call another address their own."""
    for where in ("copies.url", "readings.page_url", "readings.claimed_url"):
        rows = connection.execute(
            "SELECT copies.url FROM readings JOIN copies ON copies.reading_id = readings.id"
            f" WHERE {where} = ? LIMIT 2",
            (url,),
        ).fetchall()
        if len(rows) == 1:
            return str(rows[0][0])
    return url


def all_decisions(connection: sqlite3.Connection) -> list[Decision]:
    """Every split and join that was ever made, oldest first."""
    sql = "SELECT id, kind, url, other_url, reason, at, withdrawn_at FROM decisions ORDER BY id"
    return [Decision(*row) for row in connection.execute(sql)]


def all_corrections(connection: sqlite3.Connection) -> list[Correction]:
    """Every correction that was ever made, oldest first."""
    sql = "SELECT id, page_url, field, value, reason, at, withdrawn_at FROM corrections ORDER BY id"
    return [Correction(*row) for row in connection.execute(sql)]


SPLIT = "split "
"""How the name of a group begins that a person made of one copy."""


def groups(copies: Mapping[str, str], standing: list[Decision]) -> dict[str, str]:
    """Copy URL → the name of its group: the one that it has, unless a person said otherwise.

    Of two decisions on one copy the later one holds: who splits after a join means it.

    Args:
        copies: URL and group of each, as the texts and pages tell it.
        standing: the decisions in force, oldest first.
    """
    group = dict(copies)
    for decision in standing:
        if decision.kind == "split" and decision.url in group:
            group[decision.url] = f"{SPLIT}{decision.id}"
        elif decision.kind == "join" and decision.url in group and decision.other_url in group:
            ends = group[decision.url], group[decision.other_url]
            group = {url: min(ends) if name in ends else name for url, name in group.items()}
    return group


def _instant(value: str) -> datetime | date:
    try:
        return date.fromisoformat(value) if len(value) == len("2023-09-27") else datetime.fromisoformat(value)
    except ValueError as error:
        message = f"{value}: not a date; write 2023-09-27 or 2023-09-27T08:30:00+08:00"
        raise ConfigurationError(message) from error


def _day(value: str, time_zone: str) -> str:
    moment = _instant(value)
    if not isinstance(moment, datetime):
        return moment.isoformat()
    own = ZoneInfo(time_zone) if time_zone and moment.tzinfo else None
    return (moment.astimezone(own) if own else moment).date().isoformat()
