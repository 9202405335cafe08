"""Numbers that were given after a backup are not given again once it is put back."""

from __future__ import annotations

from pathlib import Path

from pipelines.archive import Archive
from tests.commands import Run
from tests.readings import NOW, make_reading

OWN, NEW = "https://copier.example/3", "https://park.example/new"
TEXT = "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高,两条近洋航线缩短了到港时间。"


def test_a_restored_archive_goes_on_after_the_numbers_that_were_given(
    parknews: Run, archive: Path, tmp_path: Path
) -> None:
    assert parknews("backup", str(tmp_path / "backup")).code == 0
    assert parknews("split", OWN, "--reason", "their own report").code == 0
    later = parknews("show", OWN, "--json").json["id"]
    assert parknews("restore", str(tmp_path / "backup"), "--replace").code == 0
    assert parknews("show", str(later)).code == 1
    with Archive(archive) as opened:
        opened.ingest([make_reading(NEW, TEXT, page_id=9)], NOW)
    assert parknews("show", NEW, "--json").json["id"] == later + 1


def test_a_restored_archive_takes_the_place_of_a_broken_one(
    parknews: Run, archive: Path, tmp_path: Path
) -> None:
    assert parknews("backup", str(tmp_path / "backup")).code == 0
    archive.write_bytes(b"broken")
    assert parknews("restore", str(tmp_path / "backup"), "--replace").code == 0
    assert parknews("show", "1").code == 0
