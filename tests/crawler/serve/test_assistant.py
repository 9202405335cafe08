"""An assistant asks the archive by MCP, through the package's own client."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.readings import Fill, Told

mcp = pytest.importorskip("mcp")

from crawler.serve import assistant  # noqa: E402
from crawler.serve.assistant import ROWS_MAX, TEXT_MAX, assistant_server  # noqa: E402

SITE = "https://archive.example.org/article/"


def tool(path: Path, name: str, **arguments: Any) -> Any:
    """A tool's answer, or what the assistant is told where it fails."""

    async def talk() -> Any:
        async with mcp.Client(assistant_server(path, SITE)) as client:
            return await client.call_tool(name, arguments)

    result = asyncio.run(talk())
    return result.content[0].text if result.is_error else result.structured_content


@pytest.fixture
def call(archive_path: Path) -> Callable[..., Any]:
    """Calls a tool over the small archive."""
    return partial(tool, archive_path)


def test_a_search_finds_articles_with_what_a_citation_needs(call: Callable[..., Any]) -> None:
    found = call("search", query="厂房 OR 集装箱", limit=1)
    (first,) = found["articles"]
    assert (found["found"], first["permalink"]) == (2, f"{SITE}{first['id']}")
    assert call("search", query="厂房", until="2025")["articles"] == []


def test_an_article_comes_with_its_first_publisher_and_why_each_copy_is_one(call: Callable[..., Any]) -> None:
    shown = call("article", reference="https://copier.example/b.html")
    assert shown["cite"].startswith(
        "三期标准厂房启用. 青岚湖科技园, 2026-01-02. https://archive.example.org/"
    )
    assert (shown["first_publisher"], shown["copies_in_all"]) == ("青岚湖科技园", 2)
    assert [(copy["kept"], bool(copy["why"])) for copy in shown["copies"]] == [(True, True), (False, True)]


def test_a_page_that_is_no_article_says_why_and_an_unknown_one_what_to_do(call: Callable[..., Any]) -> None:
    assert call("article", reference="https://park.example/list")["not_an_article_because"] == "list page"
    assert "no such article here" in call("article", reference="https://unknown.example/")


def test_a_long_text_comes_in_parts(call: Callable[..., Any], fill: Fill) -> None:
    text = "\n".join(f"第{n}号厂房已经交付使用,企业正在安装设备,预计下月试产。" for n in range(500))
    path = fill([Told("https://park.example/long.html", "五百栋厂房", text)], [], "long.db")

    async def talk() -> str:
        parts, at = [], 0
        async with mcp.Client(assistant_server(path, "")) as client:
            while at is not None:
                part = (
                    await client.call_tool("article", {"reference": "1", "text_from": at})
                ).structured_content
                assert len(part["text"]) <= TEXT_MAX
                parts.append(part["text"])
                at = part["text_next"]
        return "".join(parts)

    assert asyncio.run(talk()) == text


SHARED = "园区还将为企业提供一年的租金补贴,并安排专人代办开工手续。"


def test_a_passage_or_an_article_is_found_where_else_it_stands(fill: Fill, pages: list[Any]) -> None:
    other = Told("https://other.example/d.html", "租金补贴", f"下面是邻市园区的做法,值得各地学习。{SHARED}")
    call = partial(tool, fill([*pages, other]))
    found = call("reuse", wanted=f"没有人说过这样的一句话。{SHARED}", limit=1)
    assert (found["sentences"], [one["sentences"] for one in found["articles"]]) == (2, [[SHARED]])
    by_title = {one["title"]: one["permalink"] for one in call("reuse", wanted=SHARED)["articles"]}
    of_article = call("reuse", wanted="https://copier.example/b.html")["articles"]
    assert [(one["permalink"], one["sentences"]) for one in of_article] == [(by_title["租金补贴"], [SHARED])]
    assert len(by_title) == 2
    assert "nothing to look for" in call("reuse", wanted=" ")


def test_what_a_search_finds_is_told_in_the_words_that_it_says_most(fill: Fill) -> None:
    about = ["港口的集装箱航线本月恢复运营,吞吐量增长。"] * 4 + ["园区的企业今年生产稳定,订单不少。"] * 8
    own = ["".join(chr(0x5E00 + n * 97 + place * 13) for place in range(40)) for n in range(12)]
    pages = [Told(f"https://s{n}.example/a", f"第{n}号", f"{about[n]}\n{own[n]}。") for n in range(12)]
    path = fill(pages)
    said = tool(path, "keywords", query="吞吐量")
    port = next(one for one in said["keywords"] if one["word"] == "港口")
    assert (said["found"], port["articles"], port["share"]) == (4, 4, 1.0)
    assert "nothing to look for" in tool(path, "keywords", query=" ")


def test_an_answer_that_takes_too_long_is_stopped(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(connection: Any, *_: Any, **__: Any) -> None:
        counted = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"
        connection.execute(counted).fetchone()

    monkeypatch.setattr(assistant, "_LIMIT_MS", 50)
    monkeypatch.setattr(assistant, "select", endless)
    assert "stopped after 0.05 s" in call("search", query="厂房")


def test_coverage_and_reprints_are_counted(call: Callable[..., Any]) -> None:
    assert {"value": "park.example", "articles": 1} in call("coverage", by="source")["counts"]
    assert "one of source, month" in call("coverage", by="colour")
    rows = call("reprints")["rows"]
    assert [(row["first"], row["articles"]) for row in rows] == [("青岚湖科技园", 1)] * 2


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT count(*) AS n FROM articles", "'n': 2"),
        ("DELETE FROM articles", "SQLite says"),
        ("SELECT requester FROM removals", "[]"),
        ("SELECT fts3_tokenizer('simple')", "SQLite says"),
        ("ATTACH 'x.db' AS x", "SQLite says"),
        ("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n", "stopped"),
    ],
)
def test_sql_is_that_of_visitors(call: Callable[..., Any], statement: str, said: str) -> None:
    assert said in str(call("sql", statement=statement))


def test_rows_are_bounded(call: Callable[..., Any]) -> None:
    many = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 999) SELECT i FROM n"
    answer = call("sql", statement=many)
    assert (len(answer["rows"]), answer["truncated"]) == (ROWS_MAX, True)


def test_the_command_speaks_over_its_pipes_and_over_http(archive_path: Path) -> None:
    command = [sys.executable, "-m", "crawler.cli", "--db", str(archive_path), "mcp"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def tools(server: Any) -> set[str]:
        async with mcp.Client(server) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    piped = asyncio.run(
        tools(mcp.StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ)))
    )
    with subprocess.Popen([*command, "--http", str(port)], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            served = asyncio.run(tools(f"http://127.0.0.1:{port}/mcp"))
        finally:
            process.terminate()
    assert piped == served == {"search", "article", "reuse", "keywords", "coverage", "reprints", "sql"}


def test_an_answer_to_sql_is_bounded_in_characters_too(call: Callable[..., Any]) -> None:
    long = (
        "SELECT printf('%.*c', 20000, 'x') AS x FROM (VALUES (1), (2), (3)), (VALUES (1), (2), (3), (4), (5))"
    )
    answer = call("sql", statement=long)
    assert (len(answer["rows"]), answer["truncated"]) == (12, True)
    assert answer["rows"][0]["x"].startswith("x" * TEXT_MAX + "… (of 20,000 characters")


HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


def test_whoever_asks_over_pipes_is_answered_also_where_it_is_no_request(archive_path: Path) -> None:
    def call(number: Any, name: str, **arguments: Any) -> dict[str, Any]:
        params = {"name": name, "arguments": arguments}
        return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}

    sent: list[Any] = [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        b"",
        b"{half of it",
        b"\xff",
        b"[" * 100_000,
        b'"' + b"x" * (5 << 20) + b'"',
        [{"jsonrpc": "2.0", "id": 1, "method": "ping"}],
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": 2, "method": "ping", "params": []},
        call(3, "nobody"),
        call(4, "search", query="\u5382\u623f\ud83d"),
    ]
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in sent]
    command = [sys.executable, "-m", "crawler.cli", "--db", str(archive_path), "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"\n".join(lines) + b"\n")
        process.stdin.flush()
        told = [json.loads(process.stdout.readline()) for _ in range(10)]
        process.stdin.close()
    codes = sorted((str(one["id"]), one.get("error", {}).get("code", 0)) for one in told)
    unread = [("None", code) for code in (-32700, -32700, -32700, -32600, -32600, -32600)]
    assert codes == [("0", 0), ("2", -32600), ("3", -32602), ("4", 0), *sorted(unread)]


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
