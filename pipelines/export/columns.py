"""What an export has: its columns, their kinds and meanings, and the JSON Schema that says so.

In: what is exported (articles, copies, stripped) and whether signatures are wanted. Out: columns in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["integer", "number", "string", "boolean", "bytes"]
What = Literal["articles", "copies", "stripped"]
WHATS: tuple[What, ...] = ("articles", "copies", "stripped")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False


_FIELDS = (
    Column("title", "string", "The title as the page has it.", required=True),
    Column("text", "string", "The cleaned text; paragraphs are separated by a line feed.", required=True),
    Column("published", "string", "ISO 8601 date, or time with its zone; empty where unknown."),
    Column("published_day", "string", "The day in the source's own zone."),
    Column("published_earliest", "string", "The first day that a relative or partial date allows."),
    Column("published_latest", "string", "The last day that a relative or partial date allows."),
    Column("date_origin", "string", "Where on the page the date stood."),
    Column("author", "string", "As the page names them."),
    Column("language", "string", "BCP 47: zh-Hans, zh-Hant, en; und where unknown.", required=True),
    Column("source", "string", "The host.", required=True),
    Column("source_name", "string", "What the source is called.", required=True),
    Column("url", "string", "The address, in its one spelling.", required=True),
    Column("credited_source", "string", "The origin that the page itself names."),
)
_SIGNATURE = (
    Column("signature_scheme", "string", "How the signature was made; two schemes are never compared."),
    Column(
        "signature", "bytes", "MinHash values as datasketch's LeanMinHash serialises them, little-endian."
    ),
)
_COLUMNS: dict[What, tuple[Column, ...]] = {
    "articles": (
        Column("id", "integer", "The article's number, never reused.", required=True),
        *_FIELDS,
        Column("first_seen", "string", "When a copy was first read, UTC.", required=True),
        Column("copies", "integer", "How many copies there are, the kept one included.", required=True),
        Column("first_publisher", "string", "Who published it first; empty where nothing tells."),
        Column("first_publisher_status", "string", "certain, likely, disputed or unknown.", required=True),
        Column("disputed", "boolean", "Whether copies differ in figures, dates or names.", required=True),
    ),
    "copies": (
        Column("id", "integer", "The copy's number.", required=True),
        Column("article_id", "integer", "The article that it is a copy of.", required=True),
        *_FIELDS,
        Column("fetched_at", "string", "When its present text was fetched, UTC.", required=True),
        Column("similarity", "number", "To the kept copy, 0 to 1.", required=True),
        Column("kept", "boolean", "Whether its text is the one shown.", required=True),
        Column("credited_source_status", "string", "confirmed, unconfirmed or contradicted by that source."),
    ),
    "stripped": (
        Column("id", "integer", "The copy's number.", required=True),
        Column("article_id", "integer", "The article that it is a copy of.", required=True),
        Column("url", "string", "The copy's address.", required=True),
        Column("position", "integer", "Its order on the page.", required=True),
        Column(
            "kind",
            "string",
            "contact, copyright, related, share, editor, navigation, repeated …",
            required=True,
        ),
        Column("rule", "string", "The rule that took it out.", required=True),
        Column(
            "text", "string", "What was taken out; telephone numbers and contacts are masked.", required=True
        ),
    ),
}


def columns_of(what: What, *, signature: bool) -> tuple[Column, ...]:
    """The columns of an export, in order."""
    return _COLUMNS[what] + (_SIGNATURE if signature and what != "stripped" else ())


def json_schema(what: What, columns: tuple[Column, ...]) -> dict[str, Any]:
    """A JSON Schema (2020-12) of one row, as JSON Lines has it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"parknews {what}",
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns],
        "properties": {column.name: _property(column) for column in columns},
    }


def _property(column: Column) -> dict[str, Any]:
    kind = "string" if column.kind == "bytes" else column.kind
    found: dict[str, Any] = {
        "type": kind if column.required else [kind, "null"],
        "description": column.meaning,
    }
    if column.kind == "bytes":
        found["contentEncoding"] = "base64"
    return found
