"""Speed and quality, each beside a named baseline: what the commands share, options and files of rows."""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path
from typing import Any


def options(about: str | None) -> argparse.ArgumentParser:
    """A command's options, none yet; its help is the module's own text."""
    return argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def module_of(path: Path) -> Any:
    """The module in a file, which need not be on Python's path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
