"""A running demo server, and a way to ask it."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from crawler.demo.server import SHANGHAI, DemoServer

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(clock=lambda: NOW) as server:
        yield server


@pytest.fixture
def ask(server: DemoServer) -> Ask:
    def asked(host: str, path: str, headers: dict[str, str] | None = None, name: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.ports[host], timeout=10)
        port = server.ports[host]
        connection.request("GET", path, headers={"Host": f"{name or host}:{port}", **(headers or {})})
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer

    return asked
