"""The pictures of the README: front page and an article of the demo in a browser, and a terminal.

    make demo pictures

In: the demo's archive. Out: docs/pictures/*.png, by chromium, which asks nobody but `parknews serve`.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ARCHIVE = Path("data/demo-archive/archive.db")
PICTURES = Path(__file__).with_name("pictures")
_PARKNEWS = [str(Path(sys.executable).with_name("parknews")), "--db", str(ARCHIVE)]
_WIDE, _COLUMNS = 1200, 118
_SERVE = [*_PARKNEWS, "serve", "--port", "0"]
_TYPED = (
    ("search", "region:上海 OR 人才公寓", "--limit", "2"),
    ("search", "招标", "--keywords", "--limit", "5"),
)
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>body {{ margin: 0; background: #1d2422; }}
pre {{ margin: 0; padding: 18px 22px; color: #e6ece9; font: 15px/1.5 "DejaVu Sans Mono", monospace; }}
</style><pre>{code}</pre>"""


def main() -> None:
    """Draws them all."""
    PICTURES.mkdir(exist_ok=True)
    with subprocess.Popen(_SERVE, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603  # ours
        assert server.stderr is not None
        address = next(line for line in server.stderr if line.startswith("http")).split()[0]
        _draw("front", f"{address}?_lang=en", 760)
        found = _said("search", "人才公寓", "--json")
        number = json.loads(found.splitlines()[-1])["articles"][0]["id"]
        _draw("article", f"{address}article/{number}?_lang=en", 900)
        server.terminate()
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as page:
        page.write(_terminal())
        page.flush()
        _draw("terminal", f"file://{page.name}", 500)


def _terminal() -> str:
    """What is typed and what it prints, as a page."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    for command in _TYPED:
        console.print(Text(f"$ parknews {' '.join(_quoted(word) for word in command)}", style="bold"))
        console.print(Text.from_ansi(_said(*command)))
    return console.export_html(inline_styles=True, code_format=_PAGE)


def _said(*command: str) -> str:
    shown = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)}
    line = [*_PARKNEWS, *command]
    done = subprocess.run(line, env=shown, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    return done.stdout


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


def _draw(name: str, address: str, height: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "needs chromium (on Debian: apt install chromium)"
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    size, into = f"--window-size={_WIDE},{height}", f"--screenshot={PICTURES / name}.png"
    line = [chromium, *flags, size, into, address]
    subprocess.run(line, check=True, capture_output=True)  # noqa: S603  # as it is installed


if __name__ == "__main__":
    main()
