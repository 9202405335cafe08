from pathlib import Path

import pytest

from crawler.config import Settings, fetch_options, read_settings
from pipelines.errors import ConfigurationError


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_the_environment_beats_the_defaults() -> None:
    environment = {
        "PARKNEWS_DB": "/a/news.db",
        "PARKNEWS_SOURCES": "mine.toml",
        "PARKNEWS_CONTACT": "me@example.org",
        "PARKNEWS_USER_AGENT": "parkbot/1",
        "PARKNEWS_WORKERS": "3",
    }
    assert read_settings(environment) == Settings(
        db=Path("/a/news.db"),
        sources=Path("mine.toml"),
        contact="me@example.org",
        user_agent="parkbot/1",
        workers=3,
    )


def test_an_option_beats_the_environment() -> None:
    settings = read_settings({"PARKNEWS_DB": "a.db"}, db=Path("b.db"), sources=Path("c.toml"), verbose=2)
    assert (settings.db, settings.sources, settings.verbose) == (Path("b.db"), Path("c.toml"), 2)


def test_an_empty_variable_is_as_none() -> None:
    assert read_settings({"PARKNEWS_DB": " "}).db == Path("data/archive.db")


@pytest.mark.parametrize("value", ["0", "many", "-2", "1.5", "100000"])
def test_a_wrong_number_of_workers_is_named(value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PARKNEWS_WORKERS='{value}': must be a whole number"):
        read_settings({"PARKNEWS_WORKERS": value})


def test_a_contact_cannot_smuggle_a_header() -> None:
    with pytest.raises(ConfigurationError, match="PARKNEWS_CONTACT"):
        read_settings({"PARKNEWS_CONTACT": "me\r\nHost: other"})


@pytest.mark.parametrize("contact", ["nobody", "me@", "ftp://x.cn/", "me@x.cn) bot"])
def test_a_contact_that_reaches_nobody_is_refused(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="must be an e-mail address or a URL"):
        read_settings({"PARKNEWS_CONTACT": contact})


def test_what_a_command_limits_reaches_the_fetcher() -> None:
    settings = read_settings({"PARKNEWS_CONTACT": "me@example.org"}, verbose=1)
    fetch = fetch_options(settings, revisit=True, time_limit_s=90.0, max_pages=7)
    given = (fetch.revisit, fetch.time_limit_s, fetch.max_pages, fetch.contact, fetch.log_level)
    assert given == (True, 90.0, 7, "me@example.org", "INFO")
