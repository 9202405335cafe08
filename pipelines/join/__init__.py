"""Join copies of one piece of news, the same way in whatever order they come."""

from pipelines.join.index import JoinIndex
from pipelines.join.joiner import Joiner
from pipelines.join.verdict import Verdict, explain, judge

__all__ = ["JoinIndex", "Joiner", "Verdict", "explain", "judge"]
