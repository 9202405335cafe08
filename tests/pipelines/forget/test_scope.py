"""A scope is spelled in one way, blocks what it names, and names no removed address in clear."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from pipelines.archive.kept_out import blocks
from pipelines.archive.kept_out.blocks import Blocklist, Term, read_blocklist, registrable_domain, with_hosts
from pipelines.archive.kept_out.key import Key
from pipelines.errors import ConfigurationError
from pipelines.forget.order import hashed, put_blocks
from pipelines.forget.plan import Plan
from pipelines.forget.planning import REACHED, Reach
from pipelines.forget.scope import Scope, TermMatcher, make_scope
from pipelines.forget.verbs import remove
from tests.pipelines.forget.worlds import COPIER, DAILY, LETTER, PARK, MakeWorld, World, page_of
from tests.readings import rows

KEY = Key(b"k" * 32)


def blocklist(scope: Scope) -> Blocklist:
    return Blocklist(KEY, {(t.kind, KEY.block(*t)): 7 for t in with_hosts(scope.terms())})


@pytest.mark.parametrize(
    ("scope", "held", "free"),
    [
        (make_scope(hosts=["WWW.Example.cn"]), "https://www.example.cn/a", "https://m.example.cn/a"),
        (make_scope(hosts=["a.cn"]), "http://a.cn:8080/x", "http://b.cn/x"),
        (make_scope(hosts=["a.cn:8080"]), "http://a.cn:8080/x", "http://a.cn/x"),
        (make_scope(domains=["example.com.cn"]), "https://m.news.example.com.cn/", "https://other.com.cn/"),
        (make_scope(prefixes=["https://a.cn/news/"]), "https://a.cn/news/1.html", "https://a.cn/newspaper/1"),
        (make_scope(prefixes=["https://a.cn/news"]), "http://a.cn/news/1.html", "https://a.cn/newspaper/1"),
        (make_scope(urls=["https://a.cn/1.html?utm_source=x"]), "http://a.cn/1.html", "https://a.cn/2.html"),
        (
            make_scope(urls=["https://a.cn/%E8%B5%84/Ab.html"]),
            "https://a.cn/%E8%B5%84/Ab.html?from=x",
            "https://a.cn/a",
        ),
    ],
)
def test_what_a_scope_holds_is_what_its_blocks_keep_out(scope: Scope, held: str, free: str) -> None:
    for judge in (TermMatcher(scope.terms()), blocklist(scope)):
        assert (judge.blocks(held), judge.blocks(free)) == (True, False)


def test_only_addresses_on_a_host_of_the_scope_are_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled = []
    monkeypatch.setattr(blocks, "path_terms", lambda url, **_: spelled.append(url) or iter(()))
    scope = make_scope(urls=["https://a.cn/1.html"], prefixes=["https://b.cn:81/news/"])
    for judge in (TermMatcher(scope.terms()), blocklist(scope)):
        spelled.clear()
        for host in ("a.cn", "b.cn:81", "b.cn", "www.a.cn", "c.cn", "a.cn.c.cn"):
            judge.blocks(f"http://{host}/1.html")
        assert spelled == ["http://a.cn/1.html", "http://b.cn:81/1.html"]


def test_blocks_from_before_hosts_were_noted_hold_also_beside_later_ones(world: World) -> None:
    known, later = world.of(PARK)[1].url, world.of(PARK)[2].url
    number = remove(world.path, make_scope(urls=[known]), LETTER).removal.id
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute("DELETE FROM blocks WHERE kind = 'on'")
        assert read_blocklist(connection).blocks(known)
        put_blocks(connection, number, hashed(connection, with_hosts([Term("url", later)])))
        judge = read_blocklist(connection)
        assert [judge.blocks(url) for url in (known, later, world.of(PARK)[3].url)] == [True, True, False]


def test_a_plan_looks_up_what_it_tells_of_a_page_for_the_pages_that_it_reaches(world: World) -> None:
    steps = [row[3] for row in rows(world.path, f"EXPLAIN QUERY PLAN {REACHED}", "[1]")]
    assert "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)" in steps
    day_before = "readings_by_source (source=? AND first_fetched_at<?)"
    assert [step for step in steps if day_before in step]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ({"urls": ["http://copier.example.org/news/2026/7.html"]}, "copy"),
        ({"hosts": [COPIER]}, "copy"),
        ({"prefixes": [f"https://{PARK}/m/"]}, "mobile"),
        ({"urls": [f"https://{PARK}/news/2026/1.html"]}, "own mobile"),  # which calls that its own address
        ({"credited": ["澜江日报社"]}, "copy"),
        ({"authors": ["林晚"]}, "own"),
        ({"articles": [3]}, "own mobile"),
    ],
)
def test_a_plan_looks_at_the_pages_that_its_scope_may_mean_and_no_others(
    make_world: MakeWorld, asked: dict[str, Any], meant: str
) -> None:
    own = page_of(PARK, 1, author="林晚 周宁")
    mobile = replace(own, path="/m/1.html", canonical=own.url, author="")
    copy = page_of(COPIER, 7, credited="澜江日报")
    world = make_world([own, mobile, copy, *(page_of(DAILY, n) for n in (11, 12))])
    with closing(sqlite3.connect(world.path)) as connection:
        looked_at = json.loads(Reach(connection, make_scope(**asked), {}).reached(connection))
    addresses = {url: page_id for page_id, url in rows(world.path, "SELECT id, page_url FROM readings")}
    there = {"own": own, "mobile": mobile, "copy": copy}
    assert looked_at == sorted(addresses[there[name].url] for name in meant.split())


def test_a_publisher_is_known_by_its_name_in_any_spelling() -> None:
    listed = blocklist(make_scope(credited=["《示例日报》"]))
    assert listed.blocks_publisher("来源:示例日报社")
    assert not listed.blocks_publisher("示例晚报")
    assert not listed.blocks_publisher(None)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.sipac.gov.cn", "sipac.gov.cn"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("one.github.io", "one.github.io"),
        ("news.a.localhost", "a.localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_registrable_domain_is_what_one_can_register(name: str, domain: str) -> None:
    assert registrable_domain(name) == domain


def test_a_removed_address_is_described_by_a_digest_that_only_this_archive_can_make() -> None:
    url = "https://a.cn/secret.html"
    scope = make_scope(urls=[url], hosts=["b.cn"])
    assert scope.described() == "host b.cn; url on a.cn"
    described = scope.described(KEY)
    assert re.fullmatch(r"host b\.cn; url on a\.cn \([0-9a-f]{12}…\)", described)
    assert described != scope.described(Key(bytes(32)))
    plain = [hashlib.new(name, url.encode()).hexdigest()[:12] for name in ("sha256", "sha1", "md5")]
    assert [digest for digest in plain if digest in described] == []


@pytest.mark.parametrize("wrong", [{"hosts": ["no host"]}, {"urls": ["ftp://a/"]}, {"credited": ["《》"]}])
def test_what_cannot_be_meant_is_refused(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(ConfigurationError):
        make_scope(**wrong)  # type: ignore[arg-type]


def test_a_plans_hash_depends_on_scope_and_pages_alone() -> None:
    scope = make_scope(hosts=["a.cn"])
    assert Plan(scope, ()).hash == Plan(scope, (), copies_in_archive=9).hash
    assert Plan(scope, ()).hash != Plan(make_scope(hosts=["b.cn"]), ()).hash
