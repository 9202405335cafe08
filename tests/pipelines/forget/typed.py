"""A command as a takedown handler types it, and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

WHO = ("--requester", "青岚湖园区法务", "--reason", "来函")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out.splitlines()[-1])
