"""From a letter to the receipt in three commands, and what the requester can check of it."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import json
import lzma
import os
import quopri
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crawler.cli.receipts import RECEIPT, WORDS
from pipelines import catalogue
from pipelines.report.words import words
from tests.commands import Run
from tests.pipelines.forget.worlds import DAILY, PARK, WHO, World
from tests.readings import rows

LETTERS = {
    "zh": "贵站编辑：\n请删除{0}。另有《{1}》一文，以及{2}，均系侵权。\n青岚湖园区法务",
    "en": "Dear editors,\nplease remove {0}, the article “{1}” and {2}.\nYours, Legal",
}


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that no removal searches."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_three_commands_lead_from_a_letter_to_a_receipt_that_can_be_checked(
    world: World, parknews: Run, elsewhere: Path, lang: str
) -> None:
    page, titled, absent = world.of(PARK)[2], world.of(PARK)[3], f"https://{DAILY}/none.html"
    letter, receipt, key = elsewhere / "letter.txt", elsewhere / "receipt.md", elsewhere / "key.pem"
    letter.write_text(LETTERS[lang].format(page.url, titled.title, absent), encoding="utf-8")
    private = Ed25519PrivateKey.generate()
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    found = parknews("removals", "find", str(letter), "--json").json
    states = {asked["asked"]: (asked["state"], asked["urls"]) for asked in found["asked"]}
    assert (
        states.items()
        >= {
            page.url: ("here", [page.url]),
            titled.title: ("here", [titled.url]),
            absent: ("not here", []),
        }.items()
    )
    asked = ("remove-source", "--url", page.url, "--url", absent, "--title", titled.title, "--lang", lang)
    words = ("--requester", "<b>法务</b> | [x](http://a.cn)", "--reason", "来函", "--sign", str(key))
    done = parknews(*asked, *words, "--yes", "--receipt", str(receipt))
    assert (done.code, parknews("removals", "verify", "1").code) == (0, 0)

    text = receipt.read_text("utf-8")
    body, _, seal = text.partition("\n---\n")
    digest, signature, public = re.findall(r"`([^`]+)`", seal)
    assert digest == hashlib.sha256(body.encode()).hexdigest()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
        base64.b64decode(signature), body.encode()
    )
    [salt] = re.findall(r"printf %s '([0-9a-f]{32})", text)
    lines = {
        f"{salt}{said}": state for said, state in zip((page.url, absent), ("taken", "absent"), strict=True)
    }
    shown = {
        "zh": {"taken": "已收录，移除 1 个页面", "absent": "未收录"},
        "en": {"taken": "here and taken, 1 pages", "absent": "not here"},
    }
    for said, state in lines.items():
        assert f"`{hashlib.sha256(said.encode()).hexdigest()}`: {shown[lang][state]}" in text
    assert page.url not in text
    assert titled.title not in text
    assert "<b>" not in re.sub(r"\\\\<", "", text)


@pytest.mark.skipif(not shutil.which("openssl"), reason="OpenSSL checks the signature")
def test_the_commands_of_the_guide_check_a_receipt_without_parknews(
    world: World, parknews: Run, elsewhere: Path
) -> None:
    guide = Path(__file__).parents[3] / "docs/how-to/takedown.md"
    [commands] = re.findall(r"```\n(sed .*?)```", guide.read_text("utf-8"), re.S)
    key = ("openssl", "genpkey", "-algorithm", "ed25519", "-out", str(elsewhere / "key.pem"))
    subprocess.run(key, check=True, capture_output=True)
    sign = ("--receipt", str(elsewhere / "receipt-1.html"), "--sign", str(elsewhere / "key.pem"))
    for lang in ("zh", "en"):
        parknews("remove-source", PARK, *WHO, "--yes", "--lang", lang)
        there = set(elsewhere.iterdir())
        assert parknews("removals", "show", "1", "--lang", lang, *sign).code == 0
        assert {*elsewhere.iterdir()} - there <= {elsewhere / "receipt-1.html"}
        said = _shell(commands, elsewhere)
        assert "Signature Verified Successfully" in said.stdout, said
        text = (elsewhere / "receipt-1.md").read_text("utf-8")
        assert said.stdout.partition(" ")[0] in text.partition("\n---\n")[2]
        (elsewhere / "receipt-1.md").write_text(text.replace("2026-", "2027-", 1), "utf-8")
        forged = _shell(commands.partition("\n")[2], elsewhere)
        assert (forged.returncode, "Failure" in forged.stdout + forged.stderr) == (1, True)


def _shell(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-ec", commands], cwd=folder, capture_output=True, text=True, check=False)


def test_a_receipt_says_all_that_is_counted_and_recorded_in_either_language(
    world: World, parknews: Run
) -> None:
    said = words("zh", WORDS, RECEIPT).texts
    tables = [*catalogue.archive().values(), *catalogue.store().values()]
    assert {t.counted for t in tables if t.counted and f"receipt_count.{t.counted}" not in said} == set()
    parknews("remove-source", PARK, *WHO, "--yes")
    text = parknews("removals", "show", "1", "--lang", "zh").out
    assert re.findall(r"^- [a-z][a-z ]+(?: www\S*)?[:：`]", text, re.M) == []
    assert re.findall(r"Z [a-z]+", text) == []


def test_a_receipt_in_chinese_tells_details_and_troubles_in_chinese(world: World, parknews: Run) -> None:
    page = world.of(PARK)[2]
    assert parknews("export", "--output", str(world.path.with_name("all.csv"))).code == 0
    world.path.with_name("all.csv.rows.csv").unlink()
    world.path.with_name("note.txt").write_text(page.text)
    rows(world.path, "CREATE TABLE mine AS SELECT text FROM texts")
    zh = ("--lang", "zh")
    parknews("remove-source", PARK, *WHO, "--yes", *zh)
    parknews("removals", "correct", "1", "--reason", "pages, rows: 3; replayed")
    rows(world.path, "DELETE FROM blocks")
    parknews("removals", "verify", "1")
    text = parknews("removals", "show", "1", *zh).out
    lines = re.findall(r"^- (?:20\S+Z|\*\*|已导出)(.*)", text, re.M)
    assert len(lines) > 10
    assert [
        line
        for line in lines
        if re.search("[a-z]{2}", re.sub(r"`[^`]*`|\S*\.(?:csv|db|txt)|mine|[0-9a-f]{16}", "", line))
    ] == []


def test_names_of_files_and_tables_make_no_mark_up_in_a_receipt(world: World, parknews: Run) -> None:
    page = world.of(PARK)[2]
    (world.path.parent / "<img src=x>|.txt").write_text(page.text)
    rows(world.path, 'CREATE TABLE "<b>x</b>" AS SELECT text FROM texts')
    done = parknews("remove-source", "--url", page.url, *WHO, "--yes")
    assert re.findall(r"(?<!\\)<(?:img|b)\b", done.out) == []
    assert "\\<b\\>x" in done.out


def test_a_receipt_prints_as_a_page_without_anybodys_html(
    world: World, parknews: Run, elsewhere: Path
) -> None:
    url, receipt = world.of(PARK)[2].url, elsewhere / "receipt.html"
    who = ("--requester", "<script>alert(1)</script> | ![x](http://a.cn/t.gif)", "--reason", "来函")
    assert parknews("remove-source", "--url", url, *who, "--yes", "--receipt", str(receipt)).code == 0
    page = receipt.read_text("utf-8")
    assert "<table>" in page
    assert [tag for tag in ("<script", "<img") if tag in page] == []
    assert re.findall("<a [^>]*", page) == re.findall('<a download="receipt.md" href="data:[^>]*', page)


def test_what_is_disguised_in_a_file_beside_the_archive_is_found_or_told(world: World, parknews: Run) -> None:
    page = world.of(PARK)[2]
    said = page.text.encode()
    files = {
        "base64": base64.encodebytes(said),
        "base64url": base64.urlsafe_b64encode(said),
        "hexadecimal": said.hex().encode(),
        "escapes": json.dumps({"text": page.text}).encode(),
        "references": said.decode().encode("ascii", "xmlcharrefreplace"),
        "percent": quote(page.text).encode(),
        "mime": quopri.encodestring(said),
        "bz2": bz2.compress(said),
        "xz": lzma.compress(said),
        "lzma": lzma.compress(said, lzma.FORMAT_ALONE),
        "zstd": zstandard.compress(b"") + zstandard.compress(os.urandom(1 << 17) + said),
        "7z": b"7z\xbc\xaf\x27\x1c and what it packs",
        "twice": gzip.compress(bz2.compress(said)),
        "pdf": b"%PDF-1.7\n" + zlib.compress(said),
        "zlib": zlib.compress(said),
    }
    (world.path.parent / "unreadable.bin").symlink_to("/proc/self/mem")
    for name, data in files.items():
        (world.path.parent / f"{name}.bin").write_bytes(data)
    done = parknews(
        "remove-source", "--url", page.url, "--requester", "x", "--reason", "y", "--yes", "--json"
    )
    found = {name for name in files if f"{name}.bin holds" in done.json["trouble"]}
    assert (done.code, found) == (4, set(files) - {"7z", "twice", "pdf", "zlib"})
    assert done.json["trouble"].count(": delete it or make it anew") == len(found)
    shut = [f"{name}.bin" for name in ("7z", "pdf", "twice", "unreadable", "zlib")]
    assert done.json["verification"]["not_searched"] == shut


def test_a_second_letter_about_the_same_is_recorded(world: World, parknews: Run) -> None:
    asked = ("remove-source", "--url", world.of(PARK)[2].url, "--yes", "--reason", "来函", "--requester")
    for who in ("青岚湖园区", "青岚湖园区", "其律师"):
        assert parknews(*asked, who).code == 0
    events = parknews("removals", "show", "1", "--json").json["events"]
    assert [e["detail"] for e in events if e["event"] == "asked for again"] == ["其律师; 来函"]
