"""Templates: how a source makes its pages, learned from pages that were read whole, and used to read others.

In: a decoded page, with the templates of its source. Out: what it says, and a Lesson: by which way it was
read, whether both ways agree, and what it teaches. A template says which parts of a page never told anything;
they are cut, and the rest is read by the ordinary rules, so that a page says the same by either way. Where it
might not (another template's page, a cut part that says something, a field in an unknown place, a text unlike
its siblings') the page is read whole. What is learned and kept, and when a template is used or withdrawn, is
the archive's to tell (pipelines/archive/write/templates.py).
Who keeps them loads no reader (`pipelines.templates.reading`).
"""

from pipelines.templates.learning import (
    AUDIT_ONE_IN_DOUBT,
    CONFIRMATIONS,
    LESSONS,
    amended,
    is_audited,
    learn,
)

__all__ = ["AUDIT_ONE_IN_DOUBT", "CONFIRMATIONS", "LESSONS", "amended", "is_audited", "learn"]
