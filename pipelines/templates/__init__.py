"""Templates: how a source makes its pages, learned from pages that were read whole, and used to read others.

In: a decoded page, with the templates of its source. Out: what it says, and a Lesson: by which way it was
read, whether both ways agree, and what it teaches. A template says which parts of a page never told anything;
they are cut, and the rest is read by the ordinary rules, so that a page says the same by either way. Where it
might not (another template's page, a cut part that says something, a field in an unknown place, a text unlike
its siblings') the page is read whole. What is learned and kept, and when a template is used or withdrawn, is
the archive's to tell (pipelines/archive/write/templates.py).
Here is what learns: it loads no reader (`reading`), and knows nothing of when a page came, since what is
learned follows from the set of outlines.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipelines.records import Outline, Template

LESSONS = 12
"""Pages that a template is learned from. Elements voted by 3, 5 or 8 pages were wrong ones in a third of all
draws; what is learned here decides which parts of a page are left out, and is confirmed on as many others."""
CONFIRMATIONS = 12
"""Further pages that must be read alike by both ways before a template is used."""
_LEAST_SHARE = 0.5
"""On this share of the outlines an element must stand that is cut: on fewer it is no part of the make."""
AUDIT_ONE_IN, AUDIT_ONE_IN_DOUBT = 50, 10
"""Which share of a template's pages is read whole too: of one that never erred, and of one that did."""


def learn(outlines: Sequence[Outline], *, has_erred: bool = False) -> Template:
    """The template of pages whose articles stand in the same element.

    An element is cut that stands on half of the pages and told nothing on any of them.
    """
    first = outlines[0]
    passed = frozenset[int]().union(*(one.passed for one in outlines))
    idle = Counter(key for one in outlines for key in one.idle)
    least = _LEAST_SHARE * len(outlines)
    cut = frozenset(key for key, pages in idle.items() if pages >= least) - passed
    return Template(
        key=_key(first.container, passed, cut),
        container=first.container,
        selector=first.selector,
        passed=passed,
        cut=cut,
        origins=frozenset[tuple[str, str]]().union(*(one.origins for one in outlines)),
        titles=frozenset(one.title for one in outlines),
        least=min(one.characters for one in outlines),
        most=max(one.characters for one in outlines),
        most_linked=max(one.linked for one in outlines),
        audit_one_in=AUDIT_ONE_IN_DOUBT if has_erred else AUDIT_ONE_IN,
    )


def amended(template: Template, outline: Outline) -> Template:
    """The template with what one more of its pages teaches; under another key where it now cuts less."""
    passed = template.passed.union(outline.passed)
    cut = template.cut - passed
    key = template.key if cut == template.cut else _key(template.container, passed, cut)
    return replace(
        template,
        key=key,
        passed=passed,
        cut=cut,
        origins=template.origins.union(outline.origins),
        titles=template.titles
        - {outline.title},  # a page of the same title was right: here that says nothing
        least=min(template.least, outline.characters),
        most=max(template.most, outline.characters),
        most_linked=max(template.most_linked, outline.linked),
    )


def is_audited(url: str, one_in: int) -> bool:
    """Whether this page is one of those that are read both ways: the same ones whenever they come."""
    digest = hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % one_in == 0


def _key(container: int, passed: frozenset[int], cut: frozenset[int]) -> int:
    """64 bits, signed, of what decides how a page is read."""
    said = repr((container, sorted(passed), sorted(cut)))
    digest = hashlib.blake2b(said.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
