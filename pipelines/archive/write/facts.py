"""Writing facts: what each page says (readings with their texts), what was rejected, what is gone.

In: readings and rejections. Out: the addresses and nodes whose conclusions must be drawn again. Never decides
anything about other pages: that is conclusions.py. A page that its host has no more is a fact of its own, and
never a reason to forget a copy.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from dataclasses import dataclass, field, fields
from functools import cache
from urllib.parse import urlsplit

from pipelines.archive.write.furniture import Furniture
from pipelines.catalogue import archive
from pipelines.join import Joiner
from pipelines.places import find_mentions
from pipelines.records import Claim, Field, FileText, Mention, Published, Reading, Rejection, Signed, Story
from pipelines.sign import sign
from pipelines.urls import address_key, canonical_url, folded, same_host
from pipelines.utc import iso, now_utc


@dataclass
class Changes:
    """What a batch of facts changed."""

    addresses: set[str] = field(default_factory=set)
    """URLs whose group of readings changed."""
    added: dict[int, Signed] = field(default_factory=dict)
    """Nodes that are live now, by id."""
    removed: set[int] = field(default_factory=set)
    """Nodes that may have lost their last reading."""
    read: set[int] = field(default_factory=set)
    """Readings that were written."""
    emptied: set[int] = field(default_factory=set)
    """Articles that lost a copy whose page is no reading any more."""
    files: set[str] = field(default_factory=set)
    """Addresses of articles' files whose text came or went."""
    unlinked: set[str] = field(default_factory=set)
    """Addresses of files to which an article links no more, or none ever did."""


def put_reading(
    connection: sqlite3.Connection, reading: Reading, furniture: Furniture, changes: Changes
) -> bool:
    """Stores what a page says now; False where this or a newer version of the page is stored already."""
    old = connection.execute(
        "SELECT fetched_at, page_id, digest, text_id, claimed_url, first_fetched_at FROM readings"
        " WHERE page_url = ?",
        (reading.url,),
    ).fetchone()
    at, digest = iso(reading.fetched_at), _digest(reading)
    text, node = reading.story.text, reading.signed.node_id
    if old is not None and _is_known(old, at, reading.page_id, digest):
        _note_first_fetch(connection, reading.url, at, old[5], changes)
        _put_version(connection, reading, at, put_text(connection, text, node))
        if (old[0], old[1]) == (at, reading.page_id):
            furniture.settle(reading)
        return False
    text_id = put_text(connection, text, node)
    claimed_url = claimed_address(reading.url, reading.story.claims)
    first_fetched_at = at if old is None else min(old[5], at)
    linked = [] if old is None else _files_of(connection, reading.url)
    reading_id = _put_row(connection, reading, text_id, claimed_url, first_fetched_at, digest)
    if old is not None:
        _drop_details(connection, reading_id)
    _put_details(connection, reading_id, reading)
    _put_version(connection, reading, at, text_id)
    _put_mentions(connection, text_id, reading.mentions)
    furniture.put(reading_id, reading)
    connection.execute("DELETE FROM rejections WHERE url = ?", (reading.url,))
    changes.read.add(reading_id)
    changes.addresses.update(url for url in (reading.url, claimed_url) if url)
    changes.added[reading.signed.node_id] = reading.signed
    if old is not None:
        changes.unlinked.update(linked)
        changes.addresses.update(url for url in (old[4],) if url)
        if old[3] != text_id:
            _drop_text(connection, old[3], changes)
    return True


def put_rejection(
    connection: sqlite3.Connection, rejection: Rejection, at: str, furniture: Furniture, changes: Changes
) -> None:
    """Stores why a URL did not become a copy.

    A copy that is there already stays, unless the rejection says of the very page it was read from that
    it holds no news: then it was read wrongly before.
    """
    if rejection.page_id is not None:
        row = connection.execute(
            "SELECT id FROM readings WHERE page_url = ? AND page_id = ?", (rejection.url, rejection.page_id)
        ).fetchone()
        if row is not None:
            drop_reading(connection, row[0], furniture, changes)
        if connection.execute("DELETE FROM attachment_texts WHERE url = ?", (rejection.url,)).rowcount:
            changes.files.add(rejection.url)
    connection.execute(
        "INSERT INTO rejections (url, source, stage, reason, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (url) DO UPDATE SET source = excluded.source, stage = excluded.stage,"
        " reason = excluded.reason, at = excluded.at",
        (rejection.url, rejection.source, rejection.stage, rejection.reason, at),
    )
    changes.addresses.add(rejection.url)


def put_file(connection: sqlite3.Connection, file: FileText, changes: Changes) -> None:
    """Stores what an article's file says, unless no article of its source links to it."""
    linked = connection.execute(
        "SELECT 1 FROM attachments a JOIN readings r ON r.id = a.reading_id WHERE a.url = ? AND r.source = ?",
        (file.url, file.source),
    ).fetchone()
    if linked is None:
        changes.unlinked.add(file.url)
        return
    connection.execute(
        "INSERT OR REPLACE INTO attachment_texts (url, source, text, fetched_at) VALUES (?, ?, ?, ?)",
        (file.url, file.source, file.text, iso(file.fetched_at)),
    )
    connection.execute("DELETE FROM rejections WHERE url = ?", (file.url,))
    changes.files.add(file.url)


def drop_unlinked(connection: sqlite3.Connection, changes: Changes) -> tuple[str, ...]:
    """Drops what files say to which no article links any more; returns their addresses."""
    links = "SELECT 1 FROM attachments WHERE url = ?"
    gone = sorted(url for url in changes.unlinked if not connection.execute(links, (url,)).fetchone())
    connection.executemany("DELETE FROM attachment_texts WHERE url = ?", [(url,) for url in gone])
    return tuple(gone)


def _files_of(connection: sqlite3.Connection, page_url: str) -> list[str]:
    rows = connection.execute(
        "SELECT url FROM attachments WHERE reading_id = (SELECT id FROM readings WHERE page_url = ?)",
        (page_url,),
    )
    return [row[0] for row in rows]


def files_linked(connection: sqlite3.Connection, source: str) -> list[tuple[str, str]]:
    """Address and ending of each file that a source's articles link to."""
    return connection.execute(
        "SELECT DISTINCT a.url, a.type FROM attachments a JOIN readings r ON r.id = a.reading_id"
        " WHERE r.source = ? ORDER BY a.url",
        (source,),
    ).fetchall()


def drop_reading(
    connection: sqlite3.Connection, reading_id: int, furniture: Furniture, changes: Changes
) -> None:
    """Takes a reading out with all that was read from its page, its copy and its former versions."""
    source, page_url, claimed_url = connection.execute(
        "SELECT source, page_url, claimed_url FROM readings WHERE id = ?", (reading_id,)
    ).fetchone()
    changes.removed.update(
        row[0]
        for row in connection.execute(
            "SELECT node_id FROM texts WHERE id IN (SELECT text_id FROM readings WHERE id = ?1"
            " UNION SELECT text_id FROM versions WHERE reading_id = ?1)",
            (reading_id,),
        )
    )
    gone = connection.execute("DELETE FROM copies WHERE reading_id = ? RETURNING article_id", (reading_id,))
    changes.emptied.update(row[0] for row in gone.fetchall())
    changes.addresses.update(url for url in (page_url, claimed_url) if url)
    changes.unlinked.update(_files_of(connection, page_url))
    furniture.remove(reading_id, source)
    connection.execute("DELETE FROM readings WHERE id = ?", (reading_id,))


def claimed_address(page_url: str, claims: tuple[Claim, ...]) -> str | None:
    """The other address on its own host that a page calls its own: canonical before og:url.

    The front page is never believed: sites that name it on every page are common. A page that calls none its
    own may be one with those whose addresses differ in spelling only.
    """
    for kind in ("canonical", "og:url"):
        for claim in claims:
            if claim.kind == kind and (url := _own_address(page_url, claim.url)):
                return None if url == page_url else url
    url = folded(page_url)
    return None if url == page_url else url


def _own_address(page_url: str, claimed: str) -> str | None:
    try:
        url = canonical_url(claimed, base=page_url)
    except ValueError:
        return None
    parts = urlsplit(url)
    is_front_page = parts.path in ("", "/") and not parts.query
    return url if same_host(url, page_url) and not is_front_page else None


def _put_version(connection: sqlite3.Connection, reading: Reading, at: str, text_id: int) -> None:
    """What this fetched page said; reading the same page again replaces it."""
    connection.execute(
        "INSERT OR REPLACE INTO versions (reading_id, page_id, fetched_at, title, text_id)"
        " SELECT id, ?, ?, ?, ? FROM readings WHERE page_url = ?",
        (reading.page_id, at, reading.story.title.value, text_id, reading.url),
    )


def _is_known(old: tuple[str, int, bytes], at: str, page_id: int, digest: bytes) -> bool:
    """Whether the stored reading is of a later fetch, or of the same page and says the same.

    The same page says something else when it was read again by a better extractor. A fetch that has not come
    yet was made while the clock stood ahead, and is earlier than what is fetched now.
    """
    if page_id > old[1] and old[0] > now_utc():
        return False
    return (old[0], old[1]) > (at, page_id) or ((old[0], old[1]) == (at, page_id) and old[2] == digest)


def _digest(reading: Reading) -> bytes:
    said = repr((reading.story, reading.edge_lines, reading.furniture_used, reading.mentions))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def _note_first_fetch(
    connection: sqlite3.Connection, url: str, at: str, known: str, changes: Changes
) -> None:
    """A page that is read late may still be the first that was fetched."""
    if at < known:
        connection.execute("UPDATE readings SET first_fetched_at = ? WHERE page_url = ?", (at, url))
        changes.addresses.add(url)


def put_text(connection: sqlite3.Connection, text: str, node_id: int) -> int:
    """Writes a text, which no article shows so far, unless it is there; returns its number."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    known = connection.execute("SELECT id FROM text_rows WHERE sha256 = ?", (digest,)).fetchone()
    if known:
        return int(known[0])
    row = "INSERT INTO text_rows (sha256, node_id) VALUES (?, ?) RETURNING id"
    [text_id] = connection.execute(row, (digest, node_id)).fetchone()
    connection.execute("INSERT OR REPLACE INTO unshown_texts (text_id, text) VALUES (?, ?)", (text_id, text))
    return int(text_id)


def change_text(
    connection: sqlite3.Connection, reading_id: int, text_id: int, text: str, changes: Changes
) -> None:
    """Gives a reading, and its versions, another text in place of one that they have."""
    signed = sign(text)
    new_id = put_text(connection, text, signed.node_id)
    _put_mentions(connection, new_id, find_mentions(text))
    for table, key in (("versions", "reading_id"), ("readings", "id")):
        changed = connection.execute(
            f"UPDATE {table} SET text_id = ? WHERE {key} = ? AND text_id = ?", (new_id, reading_id, text_id)
        ).rowcount
    if changed:
        changes.added[signed.node_id] = signed
    _drop_text(connection, text_id, changes)


def _drop_text(connection: sqlite3.Connection, text_id: int, changes: Changes) -> None:
    """Marks a page's former text; `forget_texts` deletes it once nothing refers to it."""
    row = connection.execute("SELECT node_id FROM texts WHERE id = ?", (text_id,)).fetchone()
    changes.removed.add(int(row[0]))


def forget_texts(connection: sqlite3.Connection, nodes: set[int]) -> set[int]:
    """Deletes the texts of `nodes` that no page has or had; returns the nodes that no page has now."""
    gone = set()
    for node in nodes:
        connection.execute(
            "DELETE FROM text_rows WHERE node_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM readings WHERE readings.text_id = text_rows.id)"
            " AND NOT EXISTS (SELECT 1 FROM versions WHERE versions.text_id = text_rows.id)",
            (node,),
        )
        live = (
            "SELECT 1 FROM texts JOIN readings ON readings.text_id = texts.id WHERE node_id = ?"
            " AND readings.id NOT IN (SELECT reading_id FROM listed)"
        )
        if connection.execute(live, (node,)).fetchone() is None:
            gone.add(node)
    return gone


def forget_lessons(connection: sqlite3.Connection, source: str) -> int:
    """Drops what was learned of how a source makes its pages, and from what; how many templates that were."""
    connection.execute(
        "UPDATE template_pages SET template = NULL, agrees = NULL, fits = NULL, container = NULL,"
        " outline = NULL WHERE source = ?",
        (source,),
    )
    connection.execute("DELETE FROM template_changes WHERE source = ?", (source,))
    return connection.execute("DELETE FROM templates WHERE source = ?", (source,)).rowcount


def joined_again(connection: sqlite3.Connection, joiner: Joiner, changes: Changes) -> dict[int, int]:
    """Joins what came with what is there, and lets go of what went: node → cluster of all that changed."""
    for signed in changes.added.values():
        joiner.add(signed)
    for node in sorted(forget_texts(connection, changes.removed)):
        joiner.remove(node)
    return joiner.relink()


def _put_row(
    connection: sqlite3.Connection,
    reading: Reading,
    text_id: int,
    claimed_url: str | None,
    first_fetched_at: str,
    digest: bytes,
) -> int:
    story, published = reading.story, reading.story.published
    values = {
        "page_url": reading.url,
        "url_answered": reading.url_answered,
        "source": reading.source,
        "page_id": reading.page_id,
        "status": reading.status,
        "fetched_at": iso(reading.fetched_at),
        "first_fetched_at": first_fetched_at,
        "encoding": reading.encoding,
        "digest": digest,
        "text_id": text_id,
        **{name: _said(getattr(story, name)) for name in _story_columns()},
        "published_day": published and published.day.isoformat(),
        "published_earliest": published and (published.earliest or published.day).isoformat(),
        "published_latest": published and (published.latest or published.day).isoformat(),
        "date_origin": published and published.origin,
        "claimed_url": claimed_url,
        "announced_at": reading.announced_at and iso(reading.announced_at),
        "announced_by": reading.announced_by,
        "address": address_key(reading.url),
    }
    columns = ", ".join(values)
    marks = ", ".join("?" * len(values))
    updates = ", ".join(f"{name} = excluded.{name}" for name in values if name != "page_url")
    row = connection.execute(
        f"INSERT INTO readings ({columns}) VALUES ({marks})"
        f" ON CONFLICT (page_url) DO UPDATE SET {updates} RETURNING id",
        tuple(values.values()),
    ).fetchone()
    return int(row[0])


def _drop_details(connection: sqlite3.Connection, reading_id: int) -> None:
    for table in ("origins", "missed", "claims", "stripped_pieces", "rights", "attachments", "shown_pages"):
        connection.execute(f"DELETE FROM {table} WHERE reading_id = ?", (reading_id,))


def _put_details(connection: sqlite3.Connection, reading_id: int, reading: Reading) -> None:
    connection.executemany("INSERT INTO origins VALUES (?, ?, ?, ?)", _origins(reading_id, reading))
    connection.executemany(
        "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?)",
        [(reading_id, i, a.url, a.name, a.type, a.bytes) for i, a in enumerate(reading.story.attachments)],
    )
    connection.executemany(
        "INSERT INTO shown_pages (reading_id, address, is_item) VALUES (?, ?, ?)",
        [(reading_id, shown.address, int(shown.is_item)) for shown in reading.story.shows],
    )
    connection.executemany(
        "INSERT INTO missed VALUES (?, ?, ?)",
        [(reading_id, missed.key, missed.why) for missed in reading.story.missed],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO claims VALUES (?, ?, ?)",
        [(reading_id, claim.kind, claim.url) for claim in reading.story.claims],
    )
    connection.executemany(
        "INSERT INTO stripped_pieces VALUES (?, ?, ?, ?, ?)",
        [(reading_id, i, s.kind, s.rule, s.text) for i, s in enumerate(reading.story.stripped)],
    )
    connection.executemany(
        "INSERT INTO rights VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                reading_id,
                i,
                r.kind,
                r.holder,
                r.contact,
                r.evidence,
                r.value,
                r.origin,
                iso(reading.fetched_at),
            )
            for i, r in enumerate(reading.story.rights)
        ],
    )


def _put_mentions(connection: sqlite3.Connection, text_id: int, mentions: tuple[Mention, ...]) -> None:
    """What a text names follows from the text, so that of any page that has it will do."""
    connection.execute("DELETE FROM mentions WHERE text_id = ?", (text_id,))
    connection.executemany(
        'INSERT OR IGNORE INTO mentions (text_id, kind, start, "end", name, code, value, unit, role,'
        " role_words, entity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(text_id, m.kind, m.start, m.end, m.name, m.code),
                *(m.value, m.unit, m.role, m.role_words, m.entity),
            )
            for m in mentions
        ],
    )


def _origins(reading_id: int, reading: Reading) -> list[tuple[int, str, str, str]]:
    said = ((name, getattr(reading.story, name)) for name in _STORY_FIELDS)
    return [
        (reading_id, name.removesuffix("_from"), value.origin, value.evidence)
        for name, value in said
        if isinstance(value, (Field, Published))
    ]


_STORY_FIELDS = tuple(name.name for name in fields(Story))


@cache
def _story_columns() -> tuple[str, ...]:
    """The columns of a reading that are a story's fields by the same name."""
    return tuple(name for name in _STORY_FIELDS if name in archive()["readings"].columns)


def _said(value: Field | Published | str | None) -> str | None:
    return value if value is None or isinstance(value, str) else value.value


_GONE = re.compile(r"gone: HTTP (\d{3})")


def put_gone(connection: sqlite3.Connection, rejection: Rejection, at: str) -> bool:
    """Whether a rejection says that a page we have read is gone; then that is noted, once."""
    said = _GONE.fullmatch(rejection.reason) if rejection.stage == "fetch" else None
    if said is None:
        return False
    known = connection.execute("SELECT 1 FROM readings WHERE page_url = ?", (rejection.url,)).fetchone()
    if known:
        connection.execute(
            "INSERT INTO gone (page_url, at, status) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (rejection.url, at, int(said[1])),
        )
    return known is not None


def come_back(connection: sqlite3.Connection, page_url: str, fetched_at: str) -> None:
    """The page was read; only a fetch since it was found gone (not a reading again) takes that back."""
    connection.execute("DELETE FROM gone WHERE page_url = ? AND at < ?", (page_url, fetched_at))
