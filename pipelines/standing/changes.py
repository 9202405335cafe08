"""What changed between two versions of a page, sentence by sentence.

In: two texts. Out: the sentences that went and came, in text order, as a unified diff marks them.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

SENTENCES_MOST = 2_000
"""Beyond it the texts are compared by their paragraphs: the matcher's worst case is the square."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+[”’」』\"')）]*|[^。！？!?；;\n]+")


def sentence_changes(before: str, after: str) -> tuple[str, ...]:
    """Each sentence that went ("- …") or came ("+ …"); empty for texts with the same sentences."""
    old, new = _sentences(before), _sentences(after)
    changed: list[str] = []
    for tag, start, stop, start_new, stop_new in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            changed += [f"- {sentence}" for sentence in old[start:stop]]
            changed += [f"+ {sentence}" for sentence in new[start_new:stop_new]]
    return tuple(changed)


def _sentences(text: str) -> list[str]:
    found = [part for piece in _SENTENCE.findall(text) if (part := piece.strip())]
    return found if len(found) <= SENTENCES_MOST else [line for line in text.split("\n") if line.strip()]
