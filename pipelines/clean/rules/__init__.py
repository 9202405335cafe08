"""The wordings of what stands around the news: each rule has a name, a kind and a pattern.

Three strengths. `CUES` announce that the article has ended (相关阅读, 责任编辑); `LINES` take a line
wherever it stands; `TAIL` rules need the company of others, after the last line of news. `PIECES` are
cut off a line whose rest is news.
"""

from pipelines.clean.rules.contacts import CONTACT_WORDS, PHONES
from pipelines.clean.rules.cues import CUES, PASSING_CUES
from pipelines.clean.rules.lines import BARE_DATE, BYLINE, CREDIT_LINE, LINES
from pipelines.clean.rules.notices import NOTICES
from pipelines.clean.rules.pieces import PIECES
from pipelines.clean.rules.tail import TAIL
from pipelines.clean.rules.wording import Rule, first_match

__all__ = [
    "BARE_DATE",
    "BYLINE",
    "CONTACT_WORDS",
    "CREDIT_LINE",
    "CUES",
    "LINES",
    "NOTICES",
    "PASSING_CUES",
    "PHONES",
    "PIECES",
    "TAIL",
    "Rule",
    "first_match",
]
