"""Learning templates: keeps what readings teach, says which templates are used, and what is to be read again.

In: the lessons of readings and rejections. Out: the templates of a source; the rows of `stale`: pages that a
template read which is none any more, and pages to be compared; and the kinds of addresses whose pages have
changed their make. A template is proposed once `LESSONS` pages agree on it, used once `CONFIRMATIONS`
others say the same by both ways, and replaced, or withdrawn, at the first that does not.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from pipelines.archive.rules import RULES
from pipelines.archive.write.facts import forget_lessons
from pipelines.records import Lesson, Outline, Page, Reading, Rejection, Template
from pipelines.templates import AUDIT_ONE_IN_DOUBT, CONFIRMATIONS, LESSONS, amended, is_audited, learn
from pipelines.utc import iso

State = Literal["proposed", "used", "withdrawn"]

MOST_ERRORS = 4
"""A container whose templates erred so often is read whole for good."""
_LOOK_ONE_IN, _ENOUGH_TRIED = 4, 24
"""At one of four pages that it does not read it is asked how often that was so, of how many at least."""
MOST_OUTLINES = 240
"""Outlines kept of one source, 4 KB each: of twenty kinds of pages that are being learned at once."""
MISSES = 5
"""Pages of a kind in a row that the templates in use do not read: their make has changed."""
_READ_BEFORE, _MOST_READ_BEFORE = 10, 12
"""Of the pages before these, at least so many of the last so many were read by one template."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Known:
    """A row of `templates`."""

    template: Template
    state: State
    pages: int
    erred: int
    at: str


class Templates:
    """What is known of the make of pages, over a connection inside the writer's transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, dict[int, Known]] = {}

    def of(self, source: str) -> tuple[Template, ...]:
        """The templates by which a source's pages are read, and those that are being confirmed."""
        known = self._of(source).values()
        return tuple(one.template for one in known if one.state != "withdrawn")

    def forget_cache(self) -> None:
        """After a transaction that was rolled back, or another writer's work."""
        self._known.clear()

    def put(self, result: Reading | Rejection, lesson: Lesson) -> None:
        """Takes a lesson down, and draws what follows from it for the template and for other pages."""
        at = iso(lesson.fetched_at)
        if not self._put_row(result, lesson, at):
            return
        if lesson.way == "template" and not self._is_used(result.source, lesson.template):
            self._mark_stale("page_url = ?", (result.url,))
        if lesson.agrees is not None:
            self._weigh(result.source, lesson)
        elif lesson.way == "whole" and lesson.template is not None and is_audited(result.url, _LOOK_ONE_IN):
            self._give_up_misfit(result.source, lesson.template)
        if lesson.agrees is None and lesson.outline is not None:
            self._teach(result.source, lesson.outline.container)
        if isinstance(result, Reading):
            self._look_for_change(result.source, shape_of(result.url), lesson)

    def forget(self, source: str) -> int:
        """Drops what was learned of a source and what its pages teach; how many templates that were."""
        self._known.pop(source, None)
        return forget_lessons(self._connection, source)

    def is_read_by_one(self, page: Page) -> bool:
        """Whether what is stored of a page was read by a template."""
        row = self._connection.execute(
            "SELECT way FROM template_pages JOIN readings USING (page_url)"
            " WHERE page_url = ? AND readings.page_id = ?",
            (page.url, page.page_id),
        ).fetchone()
        return row is not None and row[0] == "template"

    def _of(self, source: str) -> dict[int, Known]:
        if source not in self._known:
            rows = self._connection.execute(
                "SELECT state, learned, pages, erred, at, rules FROM templates WHERE source = ?", (source,)
            ).fetchall()
            if any(row[-1] != RULES for row in rows):
                self.forget(source)  # pages are read by other rules now
                rows = []
            known = [Known(load_template(learned, state), state, *rest) for state, learned, *rest, _ in rows]
            self._known[source] = {one.template.container: one for one in known}
        return self._known[source]

    def _is_used(self, source: str, key: int | None) -> bool:
        return any(one.template.key == key and one.state == "used" for one in self._of(source).values())

    def _put_row(self, result: Reading | Rejection, lesson: Lesson, at: str) -> bool:
        """Stores a page's lesson; False where a newer version of the page has one."""
        outline = lesson.outline
        any_used = any(one.state == "used" for one in self._of(result.source).values())
        fits = self._is_used(result.source, lesson.template) and (
            lesson.way == "template" or lesson.agrees is True
        )
        cursor = self._connection.execute(
            "INSERT INTO template_pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (page_url)"
            " DO UPDATE SET page_id = excluded.page_id, fetched_at = excluded.fetched_at, way = excluded.way,"
            " template = excluded.template, agrees = excluded.agrees, fits = excluded.fits,"
            " container = coalesce(excluded.container, container),"
            " outline = coalesce(excluded.outline, outline)"
            " WHERE (excluded.fetched_at, excluded.page_id) >= (fetched_at, page_id)",
            (
                result.url,
                result.source,
                result.page_id,
                at,
                shape_of(result.url),
                lesson.way,
                lesson.template,
                lesson.agrees,
                fits if any_used else None,
                outline and outline.container,
                outline and _dump(outline),
            ),
        )
        return cursor.rowcount > 0

    def _weigh(self, source: str, lesson: Lesson) -> None:
        """Uses a template once enough pages agree with it; replaces it at the first that does not."""
        known = next((one for one in self._of(source).values() if one.template.key == lesson.template), None)
        if known is None or known.state == "withdrawn":
            return
        if not lesson.agrees:
            self._doubt(source, known, lesson.outline)
            return
        if lesson.outline is not None:  # it is not as the others and right all the same
            known = replace(known, template=amended(known.template, lesson.outline))
            self._keep(source, known)
        if known.state == "proposed" and self._agreeing(source, known.template.key) >= CONFIRMATIONS:
            self._keep(source, replace(known, state="used", template=replace(known.template, is_used=True)))
            self._compare_earlier(source, known.template)

    def _give_up_misfit(self, source: str, key: int) -> None:
        """A template that was tried in vain more often than not costs more than it saves."""
        vain, tried = self._connection.execute(
            "SELECT count(*) FILTER (WHERE way = 'whole'), count(*) FROM template_pages"
            " WHERE source = ? AND template = ?",
            (source, key),
        ).fetchone()
        known = next((one for one in self._of(source).values() if one.template.key == key), None)
        if known is not None and tried >= _ENOUGH_TRIED and 2 * vain > tried:
            self._keep(source, replace(known, state="withdrawn", erred=MOST_ERRORS))

    def _teach(self, source: str, container: int) -> None:
        """Proposes a template once enough pages have their article in one element."""
        known = self._of(source).get(container)
        if known is not None and (known.state != "withdrawn" or known.erred >= MOST_ERRORS):
            self._forget_outlines(source, container)
            return
        [pages] = self._connection.execute(
            "SELECT count(*) FROM template_pages WHERE source = ? AND container = ? AND outline IS NOT NULL",
            (source, container),
        ).fetchone()
        if pages >= LESSONS:
            erred = known.erred if known else 0
            outlines = self._outlines(source, container)
            self._propose(source, learn(outlines, has_erred=erred > 0), erred, pages)
        elif pages == 1:
            self._bound_outlines(source)

    def _doubt(self, source: str, known: Known, outline: Outline | None) -> None:
        """A page says something else by both ways: it teaches what was missed, or the template goes."""
        old, erred = known.template, known.erred + 1
        self._mark_doubtful(source, old)
        better = old
        if outline is not None and outline.container == old.container:
            better = replace(amended(old, outline), is_used=False, audit_one_in=AUDIT_ONE_IN_DOUBT)
        if better.key != old.key and erred < MOST_ERRORS:
            self._propose(source, better, erred, known.pages + 1)
        else:
            self._keep(source, replace(known, state="withdrawn", erred=erred))
            self._forget_outlines(source, old.container)

    def _propose(self, source: str, template: Template, erred: int, pages: int) -> None:
        [at] = self._connection.execute(
            "SELECT max(fetched_at) FROM template_pages WHERE source = ? AND container = ?"
            " AND outline IS NOT NULL",
            (source, template.container),
        ).fetchone()
        self._keep(source, Known(template, "proposed", pages, erred, at))
        self._forget_outlines(source, template.container)

    def _keep(self, source: str, known: Known) -> None:
        self._of(source)[known.template.container] = known
        template = known.template
        self._connection.execute(
            "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                template.container,
                template.key,
                template.selector,
                known.state,
                dump_template(template),
                RULES,
                known.pages,
                known.erred,
                known.at,
            ),
        )

    def _agreeing(self, source: str, key: int) -> int:
        """On how many pages a template says the same as the whole page."""
        [pages] = self._connection.execute(
            "SELECT count(*) FROM template_pages WHERE source = ? AND template = ? AND agrees", (source, key)
        ).fetchone()
        return int(pages)

    def _outlines(self, source: str, container: int) -> list[Outline]:
        rows = self._connection.execute(
            "SELECT page_url, outline FROM template_pages WHERE source = ? AND container = ?"
            " AND outline IS NOT NULL",
            (source, container),
        ).fetchall()
        ordered = sorted(rows, key=lambda row: hashlib.sha256(row[0].encode("utf-8", "replace")).digest())
        return [load_outline(row[1]) for row in ordered]

    def _forget_outlines(self, source: str, container: int) -> None:
        self._connection.execute(
            "UPDATE template_pages SET outline = NULL WHERE source = ? AND container = ?"
            " AND outline IS NOT NULL",
            (source, container),
        )

    def _bound_outlines(self, source: str) -> None:
        """Of a source whose pages are all made differently, only the kinds are kept that come most often."""
        rows = self._connection.execute(
            "SELECT container, count(*) FROM template_pages WHERE source = ? AND outline IS NOT NULL"
            " GROUP BY container ORDER BY 2, 1",
            (source,),
        ).fetchall()
        if sum(pages for _, pages in rows) > MOST_OUTLINES:
            for container, _ in rows[: len(rows) // 2]:
                self._forget_outlines(source, container)

    def _mark_doubtful(self, source: str, template: Template) -> None:
        """Pages that it read since the last that was surely right; all where errors came between."""
        first_wrong, last_right = self._connection.execute(
            "SELECT min(fetched_at) FILTER (WHERE NOT agrees), max(fetched_at) FILTER (WHERE agrees)"
            " FROM template_pages WHERE source = ? AND template = ?",
            (source, template.key),
        ).fetchone()
        since = last_right if last_right and last_right < first_wrong else ""
        self._mark_stale(
            "lesson.source = ? AND template = ? AND way = 'template' AND lesson.fetched_at > ?",
            (source, template.key, since),
        )

    def _compare_earlier(self, source: str, template: Template) -> None:
        """Pages of the sample that were read before there was the template: they are audited too."""
        rows = self._connection.execute(
            "SELECT page_url FROM template_pages WHERE source = ? AND container = ? AND way = 'whole'"
            " AND template IS NULL",
            (source, template.container),
        ).fetchall()
        for (url,) in rows:
            if is_audited(url, template.audit_one_in):
                self._mark_stale("page_url = ?", (url,))

    def _mark_stale(self, where: str, values: tuple[Any, ...]) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO stale SELECT page_url, readings.page_id FROM template_pages lesson"
            f" JOIN readings USING (page_url) WHERE {where}",
            values,
        )

    def _look_for_change(self, source: str, shape: int, lesson: Lesson) -> None:
        """Notes that pages of a kind are made otherwise now; takes it back when the old make returns."""
        if lesson.way == "template" or lesson.agrees:
            self._connection.execute(
                "DELETE FROM template_changes WHERE source = ?1 AND shape = ?2 AND at < ?3 AND template IN"
                " (SELECT container FROM templates WHERE source = ?1 AND key = ?4)",
                (source, shape, iso(lesson.fetched_at), lesson.template),
            )
            return
        rows = self._connection.execute(
            "SELECT fits, template, fetched_at FROM template_pages WHERE source = ? AND shape = ?"
            " AND fits IS NOT NULL ORDER BY fetched_at DESC, page_id DESC LIMIT ?",
            (source, shape, MISSES + _MOST_READ_BEFORE),
        ).fetchall()
        before = [template for fits, template, _ in rows[MISSES:] if fits]
        if any(row[0] for row in rows[:MISSES]) or len(before) < _READ_BEFORE:
            return
        key = max(set(before), key=before.count)
        known = next((one for one in self._of(source).values() if one.template.key == key), None)
        if known is not None and before.count(key) >= _READ_BEFORE:
            self._connection.execute(
                "INSERT INTO template_changes VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " at = excluded.at, selector = excluded.selector, template = excluded.template"
                " WHERE template <> excluded.template",
                (source, shape, rows[MISSES - 1][2], known.template.selector, known.template.container),
            )


def templates_as_known(connection: sqlite3.Connection, source: str) -> tuple[Template, ...]:
    """What `Templates.of` would give, for who only reads the archive."""
    rows = connection.execute(
        "SELECT learned, state FROM templates WHERE source = ? AND state <> 'withdrawn' AND rules = ?",
        (source, RULES),
    )
    return tuple(load_template(learned, state) for learned, state in rows)


@lru_cache(maxsize=16)  # two ask for that of the same page
def shape_of(url: str) -> int:
    """64 bits, signed, of an address's kind: its folder without numbers, its ending and its keys."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    keys = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
    said = json.dumps([_NUMBER.sub("0", folder), ending, keys])
    digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def dump_template(template: Template) -> str:
    """A template as JSON."""
    return _dump(template)


def load_template(learned: str, state: str) -> Template:
    """The template that `dump_template` wrote."""
    said = json.loads(learned)
    said["origins"] = [tuple(pair) for pair in said["origins"]]
    sets = {name: frozenset(v) for name, v in said.items() if isinstance(v, list)}
    return Template(**(said | sets | {"is_used": state == "used"}))


def _dump(record: Template | Outline) -> str:
    said = {field.name: getattr(record, field.name) for field in fields(record)}
    return json.dumps({name: sorted(v) if isinstance(v, frozenset) else v for name, v in said.items()})


def load_outline(said: str) -> Outline:
    """The outline of a row of `template_pages`."""
    loaded = {name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(said).items()}
    return Outline(**(loaded | {"origins": tuple((name, origin) for name, origin in loaded["origins"])}))
