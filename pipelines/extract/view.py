"""A page as the readers of its parts are handed it: its tree, lines and head, and where its title stands."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.extract.metadata import Metadata
from pipelines.extract.scan import Line, Scan
from pipelines.extract.trust import Trust


@dataclass(frozen=True, slots=True)
class View:
    """What is known of a page before its article is looked for."""

    root: HtmlElement
    scan: Scan
    metadata: Metadata
    title_line: int | None
    """The index of the line that is the title; None where the page shows none."""
    trust: Trust
    url: str
    """The address that answered."""
    base: str
    """The address that its links are meant from."""

    @property
    def lines(self) -> list[Line]:
        """All lines of the page."""
        return self.scan.lines

    @property
    def below_title(self) -> int:
        """The index of the first line below the title; 0 where the page shows none."""
        return 0 if self.title_line is None else self.title_line + 1
