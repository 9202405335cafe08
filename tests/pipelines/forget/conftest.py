"""Archives on real files, to remove from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipelines.records import Rejection
from tests.commands import Run, parknews_here
from tests.pipelines.forget.worlds import PARK, Told, World, build, small_pages


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small archive of three sources, made once."""
    rejections = [Rejection(f"https://{PARK}/gone.html", PARK, "fetch", "HTTP 404")]
    return build(tmp_path_factory.mktemp("built") / "archive.db", small_pages(), rejections)


@pytest.fixture
def world(tmp_path: Path, built: World) -> World:
    """The same archive, a test's own."""
    for path in (built.path, built.store_path):
        shutil.copyfile(path, tmp_path / path.name)
    return World(tmp_path / "archive.db", small_pages())


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    """Makes an archive out of pages of one's own."""

    def made(pages: list[Told], name: str = "archive.db") -> World:
        return build(tmp_path / name, pages)

    return made


@pytest.fixture
def parknews(world: World) -> Run:
    """Runs a command on the small archive."""
    return partial(parknews_here, world.path)
