"""What changed of a page: between two readings field by field, between two versions sentence by sentence.

In: what the archive says of a page, what the present stages say; or two texts. Out: a Change, which can be
shown as a diff, or None where they agree; or the sentences that went and came.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields

from pipelines.records import Field, Published, Reading, Rejection, Said

SENTENCES_MOST = 2_000
"""Beyond it the texts are compared by their paragraphs: the matcher's worst case is the square."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+[”’」』\"')）]*|[^。！？!?；;\n]+")


@dataclass(frozen=True, slots=True)
class Change:
    """How two readings of one page differ."""

    url: str
    kind: str
    """changed, found (was no article) or lost (is none any more)."""
    fields: tuple[str, ...]
    """Which fields changed, in the order of `Said`."""
    before: Said | None
    after: Said | None
    reason: str = ""
    """Why the page is no article any more."""

    def diff(self) -> str:
        """The change as a unified diff: a line a field, a paragraph of text or a stripped piece."""
        lines = difflib.unified_diff(
            _lines(self.before), _lines(self.after), f"{self.url} (before)", f"{self.url} (now)", lineterm=""
        )
        return "\n".join(lines)


def compare(url: str, before: Said | None, result: Reading | Rejection) -> Change | None:
    """How `result` differs from what was said before; None where it says the same."""
    if isinstance(result, Rejection):
        if before is None or result.page_id is None:
            return None
        return Change(url, "lost", (), before, None, result.reason)
    after = said(result)
    if before is None:
        return Change(url, "found", (), None, after)
    changed = tuple(
        field.name for field in fields(Said) if getattr(before, field.name) != getattr(after, field.name)
    )
    return Change(url, "changed", changed, before, after) if changed else None


def sentence_changes(before: str, after: str) -> tuple[str, ...]:
    """Each sentence that went ("- …") or came ("+ …"); empty for texts with the same sentences."""
    old, new = sentences(before), sentences(after)
    changed: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, stop, start_new, stop_new in matcher.get_opcodes():
        if tag != "equal":
            changed += [f"- {sentence}" for sentence in old[start:stop]]
            changed += [f"+ {sentence}" for sentence in new[start_new:stop_new]]
    return tuple(changed)


def said(reading: Reading) -> Said:
    """A reading in the form in which two can be compared."""
    story = reading.story
    return Said(
        title=story.title.value,
        text=story.text,
        published=_value(story.published),
        author=_value(story.author),
        credited_source=_value(story.credited_source),
        language=story.language,
        stripped=tuple(f"{piece.kind}: {piece.text}" for piece in story.stripped),
    )


def _value(field: Field | Published | None) -> str | None:
    return None if field is None else field.value


def _lines(said: Said | None) -> list[str]:
    if said is None:
        return []
    values = [
        f"{field.name}: {getattr(said, field.name) or ''}"
        for field in fields(Said)
        if field.name not in ("text", "stripped")
    ]
    return [*values, *said.text.split("\n"), *(f"(stripped) {piece}" for piece in said.stripped)]


def sentences(text: str) -> list[str]:
    """A text's sentences in order, each with its mark; its lines where it has more than SENTENCES_MOST."""
    found = [part for piece in _SENTENCE.findall(text) if (part := piece.strip())]
    return found if len(found) <= SENTENCES_MOST else [line for line in text.split("\n") if line.strip()]
