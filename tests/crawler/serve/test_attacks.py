"""What a stranger may try: one server takes all of it, tells nothing, stays small and quick, and lives."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.crawler.serve.attacks import ADDRESSES, HOSTS, QUESTIONS, SECRET, SLOW
from tests.readings import Fill

HELD_BACK = f"海沧口岸物流园{SECRET}上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。"
LIMIT_MS = 300
PAGE_S = 10.0
QUESTION_S = 4.0
"""A question's limit, the grace after it, and a new process, on a machine that does other things."""
MEMORY_BYTES = 400 << 20

SERVER = """
import socket, sys
from pathlib import Path
from crawler.serve.site import ServeOptions, run_site
listener = socket.create_server(("127.0.0.1", 0))
options = ServeOptions(sql_time_limit_ms=int(sys.argv[2]), hosts=("archive.example.org",))
run_site(Path(sys.argv[1]), options, listener, lambda: print(listener.getsockname()[1], flush=True))
"""


class _Site:
    """The server, and what each answer was."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", SERVER, str(path), str(LIMIT_MS)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())
        self.path = path

    def get(self, address: str, host: str = "") -> tuple[int, str, float]:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest("GET", address, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        headers = str(answer.headers)
        connection.close()
        return answer.status, headers + body, time.monotonic() - began

    def memory(self) -> int:
        """The most that the server and its processes ever had, in bytes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        status = [Path(f"/proc/{pid}/status").read_text() for pid in (self.process.pid, *children)]
        return sum(int(re.findall(r"VmHWM:\s+(\d+) kB", one)[0]) for one in status) << 10


@pytest.fixture
def site(fill: Fill, pages: list[object]) -> Iterator[_Site]:
    """A server of an archive that holds what must not be told: each secret has SECRET in it."""
    path = fill(pages, [])
    with sqlite3.connect(path) as writer:
        writer.execute("UPDATE meta SET value = ? WHERE key = 'salt'", (f"salt{SECRET}",))
        writer.execute(
            "INSERT INTO removals (scope, requester, reason, at, plan_hash, state)"
            f" VALUES ('scope{SECRET}', 'who{SECRET}', 'why{SECRET}', '2026', 'plan{SECRET}', 'ordered')"
        )
        writer.execute("INSERT INTO blocks VALUES ('url', ?, 1)", (f"hash{SECRET}".encode(),))
        (text,) = writer.execute("SELECT text_id FROM copies WHERE source = 'daily.example'").fetchone()
        digest = hashlib.sha256(HELD_BACK.encode()).digest()
        writer.execute("UPDATE text_rows SET sha256 = ?, article_id = NULL WHERE id = ?", (digest, text))
        writer.execute("INSERT OR REPLACE INTO unshown_texts VALUES (?, ?)", (text, HELD_BACK))
        writer.execute("DELETE FROM copies WHERE source = 'daily.example'")
        writer.execute("DELETE FROM articles WHERE id = 2")
        writer.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT)")
        writer.execute("INSERT INTO notes (note) VALUES (?)", (f"note{SECRET}",))
    running = _Site(path)
    yield running
    running.process.terminate()
    running.process.wait(10)


def _told(site: _Site, text: str) -> list[str]:
    """What an answer tells that it must not."""
    digest = hashlib.sha256(HELD_BACK.encode()).digest()
    hashed = f"hash{SECRET}".encode()
    secrets = [SECRET, "LEAKED", "62881234", "张小明", "海沧口岸", str(site.path.parent), "Traceback"]
    for known in (digest, hashed):
        secrets += [known.hex(), known.hex().upper(), base64.b64encode(known).decode()]
    return [secret for secret in secrets if secret in text]


def test_the_site_stands_what_strangers_try(site: _Site) -> None:
    wrong = []
    sql = "/archive.json?_shape=arrays&sql="
    asked = [(sql + quote(question), {200, 400}, QUESTION_S) for question in QUESTIONS]
    asked += [(sql + quote(question), {400}, QUESTION_S) for question in SLOW]
    asked += [(address, statuses, PAGE_S) for address, statuses in ADDRESSES]
    assert len(asked) + len(HOSTS) >= 120
    for address, statuses, limit_s in asked:
        status, text, took_s = site.get(address)
        if status not in statuses or took_s > limit_s or _told(site, text):
            wrong.append((address[:150], status, round(took_s, 1), _told(site, text)))
    for host, allowed in HOSTS:
        if (site.get("/search", host)[0] == 200) != allowed:
            wrong.append((host, allowed))
    status, text, _ = site.get("/archive.json?_shape=arrays&sql=select+title+from+articles")
    assert wrong == []
    assert (status, json.loads(text.partition("\n\n")[2])["rows"]) == (200, [["三期标准厂房启用"]])
    assert site.process.poll() is None
    assert site.memory() < MEMORY_BYTES
