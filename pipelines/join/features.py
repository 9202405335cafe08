"""What a verdict looks at in one text: its shingles, sounds and numbers.

In: a normalised text. Out: its `Features`, which depend on nothing else and are never stored.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.join.numbers import number_places
from pipelines.join.surroundings import of_page
from pipelines.normalise import fold_sounds
from pipelines.sign import distinct, shingle_hashes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipelines.join.numbers import Places


@dataclass(frozen=True, eq=False)
class Features:
    """A text as a verdict sees it; everything beyond the text is worked out when first asked for."""

    node_id: int
    text: str
    """The normalised text."""

    @cached_property
    def sounds(self) -> str:
        """The text by its sounds, as long as the text."""
        return fold_sounds(self.text)

    @cached_property
    def sequence(self) -> npt.NDArray[np.uint64]:
        """Shingle hashes in text order."""
        return shingle_hashes(self.sounds)

    @cached_property
    def shingles(self) -> npt.NDArray[np.uint64]:
        """Sorted distinct shingle hashes."""
        return distinct(self.sequence)

    @cached_property
    def of_page(self) -> npt.NDArray[np.bool_]:
        """Which characters stand among the page's own words."""
        return of_page(self.text)

    @cached_property
    def news(self) -> npt.NDArray[np.uint64]:
        """Sorted distinct shingle hashes of what is not the page's; perhaps none."""
        news = self.sequence[~self.of_page[: len(self.sequence)]]
        return distinct(news) if len(news) else news

    @cached_property
    def news_sounds(self) -> str:
        """The sounds of what is not the page's."""
        return "".join(itertools.compress(self.sounds, ~self.of_page))

    @cached_property
    def numbers(self) -> Places:
        """Its numbers, by the wording around them."""
        return number_places(self.text, self.sounds)
