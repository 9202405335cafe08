"""serve, export and report as commands: what they say, and with which exit code."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.commands import Run
from tests.readings import Fill, Told

PARKNEWS = Path(sys.executable).with_name("parknews")


@pytest.mark.usefixtures("archive")
def test_export_writes_what_the_ending_says_and_tells_of_it(parknews: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    found = parknews("export", "园区", "--output", str(target), "--json")
    told = found.json
    assert (found.code, told["rows"], told["format"], told["complete"]) == (0, 1, "jsonl", True)
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1
    assert json.loads(Path(told["manifest"]).read_text(encoding="utf-8"))["export_id"] == told["export_id"]


def test_changes_have_nothing_that_a_terminal_obeys(fill: Fill, parknews: Run) -> None:
    fill(
        [Told("https://park.example/a", "\u202e园区启用新厂房", "园区昨日启用第三期标准厂房,企业签约入驻。")]
    )
    found = parknews("changes")
    assert ("\u202e" in found.out, found.json["article"]["title"][0]) == (False, "\u202e")


def test_search_and_export_narrow_by_what_texts_name(fill: Fill, parknews: Run, tmp_path: Path) -> None:
    fill(
        [
            Told(
                "https://park.example/1",
                "签约",
                "昆山市的企业与苏州工业园区签约,双方将共建实验室并互派人员。",
            ),
            Told("https://park.example/2", "启用", "北京市海淀区的研究中心启用,双方将在秋季举办第一届论坛。"),
        ]
    )
    found = parknews("search", "双方", "--region", "江苏", "--json").json
    assert [hit["title"] for hit in found["articles"]] == ["签约"]
    target = str(tmp_path / "out.csv")
    told_of = parknews("export", "--park", "苏州工业园区", "--output", target, "--json").json
    assert told_of["rows"] == 1
    assert json.loads(Path(told_of["manifest"]).read_text())["selection"] == {"parks": ["苏州工业园区"]}
    again = parknews("export", "--compare", told_of["manifest"], "--json").json
    assert again["changes"] == []
    for what, said in (("articles", "2 articles written"), ("copies", "2 copies written")):
        assert parknews("export", "--output", target, "--what", what).out.startswith(said)
    assert parknews("export", "--park", "苏州工业园区", "--output", target).out.startswith(
        "1 article written"
    )


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_to_stdout_is_the_rows_alone(
    parknews: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    parknews("export", "--output", str(tmp_path / f"a.{kind}"))
    before = sorted(path.name for path in tmp_path.iterdir())
    found = parknews("export", "--output", "-", "--format", kind)
    assert (found.code, sorted(path.name for path in tmp_path.iterdir())) == (0, before)
    written = (tmp_path / f"a.{kind}").read_bytes().replace(b"\r\n", b"\n")  # as the runner hands stdout on
    assert found.out.encode() == written


@pytest.mark.parametrize(
    "arguments",
    [("-",), ("-", "--format", "parquet"), ("-", "--format", "xlsx"), ("-", "--format", "csv", "--json")],
)
@pytest.mark.usefixtures("archive")
def test_what_is_no_stream_is_not_written_to_stdout(parknews: Run, arguments: tuple[str]) -> None:
    found = parknews("export", "--output", *arguments)
    assert (found.code, found.out) == (2, "")


@pytest.mark.usefixtures("archive")
def test_an_export_makes_no_folder(parknews: Run, tmp_path: Path) -> None:
    found = parknews("export", "--output", str(tmp_path / "none" / "x.csv"))
    assert (found.code, (tmp_path / "none").exists(), "no such folder" in found.err) == (2, False, True)


@pytest.mark.usefixtures("archive")
def test_an_export_compared_at_once_has_no_changes(parknews: Run, tmp_path: Path) -> None:
    parknews("export", "--output", str(tmp_path / "a.csv"))
    found = parknews("export", "--compare", str(tmp_path / "a.csv.manifest.json"), "--json")
    assert found.json == {"gained": 0, "lost": 0, "changed": 0, "changes": []}


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export"], "--output"),
        (["export", "--output", "articles.odt"], "--format"),
        (["export", "--output", "a.csv", "--since", "yesterday"], "--since yesterday"),
        (["export", "--compare", "none.json"], "none.json"),
        (["report", "--out", "r", "--until", "2025/01/01"], "--until"),
        (["serve", "--base-url", "news"], "--base-url"),
        (["search", "园区", "--until", "soon"], "--until soon"),
        (["search", ""], "nothing to look for"),
        (["search", '""', "--json"], "parknews search 园区"),
        (["search", "园区", "--region", "苏洲市"], "did you mean"),
        (["export", "--output", "a.csv", "--region", "朝阳区"], "220104 (吉林省)"),
    ],
)
def test_wrong_usage_is_told_in_a_line(parknews: Run, arguments: list[str], said: str) -> None:
    found = parknews(*arguments)
    assert (found.code, len(found.err.splitlines())) == (2, 1)
    assert said in found.err


@pytest.mark.parametrize("arguments", [["search"], ["crawl"], ["removals", "list"], ["sources", "check"], []])
def test_help_shows_flags_as_flags(parknews: Run, arguments: list[str]) -> None:
    shown = parknews(*arguments, "--help").out
    assert "-h" in shown
    assert "bool" not in shown
    assert "<int" not in shown


def test_an_export_that_cuts_texts_says_how_many(fill: Fill, parknews: Run, tmp_path: Path) -> None:
    fill([Told("https://park.example/1", "长文", "园区的企业今年又签下一批新订单并扩建厂房。\n" * 2000)])
    found = parknews("export", "--output", str(tmp_path / "out.xlsx"))
    assert (found.code, found.err) == (
        1,
        "not complete: 1 texts were cut at 32,767 characters; sheet `method` says which\n",
    )


@pytest.mark.parametrize("arguments", [["serve"], ["report", "--out", "r"], ["export", "--output", "a.csv"]])
def test_without_an_archive_there_is_nothing_to_show(parknews: Run, arguments: list[str]) -> None:
    found = parknews(*arguments)
    assert (found.code, "there is no archive here" in found.err) == (2, True)


@pytest.mark.usefixtures("archive")
def test_a_folder_that_cannot_be_written_is_told(parknews: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments in (["report", "--out"], ["export", "--format", "csv", "--output"]):
        found = parknews(*arguments, str(tmp_path / "file" / "below"))
        assert (found.code, "file" in found.err) == (4, True)


@pytest.mark.usefixtures("archive")
def test_a_report_says_what_to_open(parknews: Run, tmp_path: Path) -> None:
    found = parknews("report", "--out", str(tmp_path / "report"))
    assert (found.code, found.out) == (0, f"1 article drawn: open {tmp_path / 'report' / 'index.html'}\n")
    assert (tmp_path / "report" / "index.html").exists()


@pytest.mark.usefixtures("archive")
def test_a_port_that_is_taken_is_told(parknews: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = parknews("serve", "--port", str(taken.getsockname()[1]))
    assert (found.code, "choose others with --host and --port" in found.err) == (2, True)


def test_serve_answers_at_the_address_it_prints_and_ends_when_asked(archive: Path) -> None:
    command = [str(PARKNEWS), "--db", str(archive), "serve", "--port", "0", "--base-url", "/news/"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[0]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/news/", address)
        with urlopen(address + "search") as answer:
            page = answer.read().decode()
        server.send_signal(signal.SIGINT)
        code = server.wait(timeout=20)
    assert 'href="/news/article/1"' in page
    assert 'href="/news/assets/park.css"' in page
    assert code == -signal.SIGINT


COUNTING = """
import sys, time
from crawler.serve import front_page

def counting(*_):
    print("counting", file=sys.stderr, flush=True)
    time.sleep(100)

front_page.Figures = counting
from crawler.cli import main
main()
"""


def test_serve_ends_when_asked_whatever_it_still_counts(archive: Path) -> None:
    command = [sys.executable, "-c", COUNTING, "--db", str(archive), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = urlsplit(server.stderr.readline().split()[0])
        with socket.create_connection((address.hostname, address.port)) as visitor:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert server.stderr.readline() == "counting\n"
            server.send_signal(signal.SIGTERM)
            try:
                code = server.wait(timeout=30)
            finally:
                server.kill()
    assert code == -signal.SIGTERM
