"""Answers that follow from their key alone, kept within a bound: they change only the time it takes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Remembered(Generic[Key, Answer]):
    """The answers used last."""

    def __init__(self, most: int) -> None:
        """Keep `most` answers."""
        self._most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key, find: Callable[[], Answer]) -> Answer:
        """The answer to a key, found where it is not remembered."""
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        answer = self._answers[key] = find()
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return answer
