"""A receipt is stamped by an authority on loopback, and `openssl ts -verify` agrees."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from crawler.web.timestamps import stamp
from pipelines.errors import NothingReachedError
from tests.commands import Run
from tests.pipelines.forget.worlds import COPIER, WHO, World

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is the authority")

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
default_policy = 1.2.3.4
signer_digest = sha256
digests = sha256, sha512
accuracy = secs:1
"""


def _openssl(folder: Path, *words: str, given: bytes = b"") -> bytes:
    return subprocess.run(
        ["openssl", *words], cwd=folder, input=given, capture_output=True, check=True
    ).stdout


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("authority")
    (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=clock"
    use = ("-addext", "extendedKeyUsage=critical,timeStamping")
    _openssl(folder, *new.split(), *use, "-keyout", "key.pem", "-out", "cert.pem")

    class Clock(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            _openssl(folder, *"ts -reply -config ts.cnf -queryfile query -out reply".split())
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Clock) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()


def test_a_receipt_is_stamped_and_openssl_verifies_it(
    world: World, parknews: Run, authority: tuple[str, Path]
) -> None:
    address, folder = authority
    page = world.of(COPIER)[5]
    parknews("remove-source", "--url", page.url, *WHO, "--yes")
    receipt = world.path.parent / "receipt.md"
    show = ("removals", "show", "1", "--receipt", str(receipt))
    assert parknews(*show, PARKNEWS_TIMESTAMP_AUTHORITY=address).code == 0
    text = receipt.read_text("utf-8")
    [token] = re.findall(r"RFC 3161.*: `([^`]+)`", text)
    (folder / "token").write_bytes(base64.b64decode(token))
    (folder / "body").write_text(text[: text.index("\n---\n")], encoding="utf-8")
    verify = "ts -verify -data body -in token -CAfile cert.pem"
    assert b"Verification: OK" in _openssl(folder, *verify.split())
    (folder / "body").write_text("another", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        _openssl(folder, *verify.split())


def test_an_answer_for_other_data_is_refused(
    authority: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = authority
    stamp(b"first", address)
    stale = (folder / "reply").read_bytes()
    monkeypatch.setattr("tests.pipelines.forget.test_timestamps._openssl", lambda *_, **__: b"")
    (folder / "reply").write_bytes(stale)
    with pytest.raises(NothingReachedError, match="not for this receipt"):
        stamp(b"second", address)
