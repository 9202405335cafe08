import pytest

from docs.licences import fits, main, runtime_closure


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "BSD-3-Clause",
        "Apache Software License",
        "Apache-2.0 AND MIT",
        "GPL-2.0-only OR MIT",
        "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later",
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "BSD License; MIT License",
    ],
)
def test_licences_that_fit(licence: str) -> None:
    assert fits(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "UNKNOWN",
        "not installed",
        "",
        "GPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "AGPL-3.0-only",
        "MIT AND GPL-2.0-only",
        "MIT License; GNU General Public License v3 (GPLv3)",
        "Other/Proprietary License",
        "CC-BY-NC-4.0",
    ],
)
def test_licences_that_do_not(licence: str) -> None:
    assert not fits(licence)


def test_the_closure_holds_what_dependencies_need_and_no_development_tool() -> None:
    closure = runtime_closure("parknews")
    assert {"scrapy", "twisted", "lxml"} <= closure
    assert not {"pytest", "ruff", "mypy", "parknews"} & closure


def test_every_runtime_dependency_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(), capsys.readouterr().out.split(":")[0]) == (0, "licences")
