"""How the copies of one article stand to each other: whose text is shown, who was first, who is credited.

In: all copies of an article, as `Copy`, and what comparing two texts gives. Out: judgements with their
reasons. Pure: the same set of copies gives the same answer, in whatever order it is handed in.
"""

from pipelines.standing.copies import Copy, TimeClaim, claims_of
from pipelines.standing.first import FirstPublisher, credited_status, first_publisher
from pipelines.standing.kept import Kept, choose_kept

__all__ = [
    "Copy",
    "FirstPublisher",
    "Kept",
    "TimeClaim",
    "choose_kept",
    "claims_of",
    "credited_status",
    "first_publisher",
]
