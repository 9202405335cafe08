"""Sites on loopback, a host each, the sources file that names them, and `parknews crawl` over them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PARKNEWS = Path(sys.executable).with_name("parknews")


def write_sources(
    folder: Path, sources: Mapping[str, str], *, start: str = "/", delay_s: float = 0.0
) -> Path:
    """A sources file of these hosts (with their ports) and names."""
    path = folder / "sources.toml"
    path.write_text(
        "\n".join(
            f'[[source]]\nhost = "{host}"\nname = "{name}"\nstart_urls = ["http://{host}{start}"]\n'
            f"allow_private = true\ndelay_s = {delay_s}\n"
            for host, name in sources.items()
        ),
        encoding="utf-8",
    )
    return path


def crawl(sources: Path, archive: Path) -> None:
    """`parknews crawl`; ends this process where that fails."""
    command = [str(PARKNEWS), "--db", str(archive), "--sources", str(sources), "crawl"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"parknews crawl ended with {run.returncode}:\n{run.stderr[-2000:]}")


@contextmanager
def served(answer: Callable[[str, str], tuple[str, bytes] | None]) -> Iterator[int]:
    """The port of a server with validators; `answer`: type and body of a host and path, None for a 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = answer(self.headers.get("host", ""), self.path)
            kind, body = found or ("text/plain", b"not found")
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            is_known = found and self.headers.get("If-None-Match") == tag
            body = b"" if is_known else body
            self.send_response(304 if is_known else 200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if found:
                self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
