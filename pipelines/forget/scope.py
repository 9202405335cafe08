"""What a removal is about: a frozen scope in, terms to match and to block, and words for the record out.

A scope never says anything about the archive: which pages it takes is the plan's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipelines.archive.kept_out.blocks import Matcher, Term, registrable_domain, with_hosts
from pipelines.archive.kept_out.key import Key
from pipelines.archive.kept_out.redacted import parts_of
from pipelines.errors import ConfigurationError
from pipelines.normalise import normalise, simplify
from pipelines.publishers import publisher_of
from pipelines.urls import canonical_url, host_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be forgotten; everything in its one spelling (`make_scope`)."""

    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """Registrable domains with all hosts below them."""
    prefixes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    credited: tuple[str, ...] = ()
    """Normalised publishers' names: every page that credits one, wherever it stands."""
    with_copies: bool = False
    """Other sources' copies of the scope's own articles too."""
    since: str = ""
    until: str = ""
    """First and last day of publication; a page without a date is then left."""
    exceptions: tuple[str, ...] = ()
    """URLs that stay although the scope holds them."""
    named: tuple[str, ...] = ()
    """URLs that the plan would leave out as contested, and that a person has named one by one."""
    titles: tuple[str, ...] = ()
    """Normalised titles."""
    authors: tuple[str, ...] = ()
    """Normalised names: every page by one of them, wherever it stands."""
    persons: tuple[str, ...] = ()
    """Names in simplified characters: every page that names one of them."""
    articles: tuple[int, ...] = ()
    """Numbers of articles, with all their copies."""
    passages: tuple[str, ...] = ()
    """As they are compared (`redacted.parts_of`): these alone go, and the rest of the pages stays."""
    undated: str = "leave"
    """take or leave: what becomes of pages without a date where days are given."""

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing at all."""
        addresses = self.hosts or self.domains or self.prefixes or self.urls
        return not (addresses or self.credited or self.titles or self.by_content)

    @property
    def by_content(self) -> bool:
        """Whether pages are meant for what they say: by author, person or article."""
        return bool(self.authors or self.persons or self.articles)

    @property
    def is_narrowed(self) -> bool:
        """Whether only part of what its terms match is meant: then only the removed URLs are blocked."""
        return bool(self.since or self.until or self.exceptions)

    def terms(self) -> Iterator[Term]:
        """What it matches: by address or credit."""
        for kind, values in (
            ("host", self.hosts),
            ("domain", self.domains),
            ("prefix", self.prefixes),
            ("url", self.urls),
            ("credited", self.credited),
        ):
            yield from (Term(kind, value) for value in values)

    def described(self, key: Key | None = None) -> str:
        """The scope in one line: hosts, prefixes and names as they are, of URLs no more than the host.

        A removed URL stands nowhere in clear, not even in the order to remove it. With the archive's key, as
        the record has it, each is told from others of its host by a digest that means nothing without it.
        """
        said = [f"{term.kind} {_shown(term, key)}" for term in self.terms()]
        for word, names in (("title", self.titles), ("author", self.authors), ("person", self.persons)):
            said += [f"{word} ({key.mark(name)}…)" if key else f"{word} {name}" for name in names]
        said += [f"article {number}" for number in self.articles]
        said += [f"passage ({key.mark(part)}…)" if key else f"passage {part}" for part in self.passages]
        if self.with_copies:
            said.append("with copies")
        if self.since or self.until:
            undated = ", and what has no date" if self.undated == "take" else ""
            said.append(f"published {self.since or '…'} to {self.until or '…'}{undated}")
        for word, urls in (("except", self.exceptions), ("named", self.named)):
            said += [f"{word} {_shown(Term('url', url), key)}" for url in urls]
        return "; ".join(said)


def make_scope(*, passages: Iterable[str] = (), **typed: Iterable[Any] | str | bool) -> Scope:
    """A scope out of what a person typed, each part in its one spelling.

    Args:
        passages: what alone is to go of the pages.
        typed: the other fields of a scope, by name; a domain is typed as any of its hosts, a prefix as
            addresses begin, names and titles as they are written.

    Raises:
        ConfigurationError: a host, prefix or URL that is none, or a name that is too short.
    """
    spelled: dict[str, Any] = {
        name: _sorted(map(_SPELLED[name], said)) if name in _SPELLED and not isinstance(said, bool) else said
        for name, said in typed.items()
    }
    return Scope(
        passages=_sorted(part for passage in passages for part in _spelled_passage(passage)), **spelled
    )


class TermMatcher(Matcher):
    """Pages that any of some terms holds by address or credit, before anything is hashed."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Take a scope's terms, or a plan's; days and exceptions are the plan's business."""
        self._terms = frozenset(with_hosts(terms))
        super().__init__(term.kind for term in self._terms)

    def find(self, term: Term) -> int | None:
        """Any number where there is this term."""
        return 0 if term in self._terms else None


def _spelled_host(typed: str) -> str:
    text = typed.strip()
    try:
        return host_of(text if "://" in text else f"http://{text}/")
    except ValueError as error:
        raise ConfigurationError(f"{typed}: not a host; type it as in `parknews sources list`") from error


def _spelled_domain(typed: str) -> str:
    host = _spelled_host(typed)
    return registrable_domain(urlsplit(f"//{host}").hostname or host)


def _spelled_url(typed: str) -> str:
    try:
        return canonical_url(typed.strip())
    except ValueError as error:
        raise ConfigurationError(f"{typed[:200]}: not a web address ({error})") from error


def _spelled_prefix(typed: str) -> str:
    """A prefix ends where a path segment ends, with or without its slash: what blocks can be asked for."""
    text = typed.strip()
    if "?" in text or "#" in text:
        raise ConfigurationError(f"{typed[:200]}: a prefix ends in the path; single addresses go with --url")
    return _spelled_url(text)


def _spelled_publisher(typed: str) -> str:
    name = publisher_of(typed)
    if not name:
        raise ConfigurationError(f"{typed[:200]!r}: not a publisher's name")
    return name


def _spelled_by(spell: Callable[[str], str]) -> Callable[[str], str]:
    """How a title or a person's name is spelt; one letter is in too many."""

    def spelled(typed: str) -> str:
        if len(name := spell(typed)) < _NAME_LEAST:
            raise ConfigurationError(f"{typed[:200]!r}: too short to be told from other words")
        return name

    return spelled


_NAME_LEAST = 2
_SPELLED: dict[str, Callable[[Any], Any]] = {
    "articles": int,
    "hosts": _spelled_host,
    "domains": _spelled_domain,
    "prefixes": _spelled_prefix,
    "urls": _spelled_url,
    "credited": _spelled_publisher,
    "exceptions": _spelled_url,
    "named": _spelled_url,
    "titles": _spelled_by(normalise),
    "authors": _spelled_by(normalise),
    "persons": _spelled_by(lambda typed: " ".join(simplify(typed).split())),
}


def _spelled_passage(typed: str) -> tuple[str, ...]:
    parts = parts_of(typed)
    if not parts:
        raise ConfigurationError(f"{typed[:200]!r}: too short to be told from other words")
    return parts


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


def names_a_page(kind: str, value: str) -> bool:
    """Whether a term may be one page's address, which stands nowhere in clear: a column ends in a slash."""
    return kind == "url" or (kind == "prefix" and not value.endswith("/"))


def _shown(term: Term, key: Key | None) -> str:
    if not names_a_page(*term):
        return term.value
    return f"on {host_of(term.value)}" + (f" ({key.mark(term.value)}…)" if key else "")
