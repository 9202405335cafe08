r"""The words of pages, as data: lists of tokens by idea and language, and the patterns that are made of them.

A file is an idea, a table in it a list, a key of the table a language (BCP 47), a line a token:

    [label]                          # credit.toml: what stands before the name of a source
    zh = '''
    来源
    信 息 来 源
    '''
    en = '''
    source
    /(?:story|article) from/
    '''

A token is text as it stands on a page; it holds for traditional characters too. A space between two Chinese
characters is white space that may stand there. A token between slashes is a regular expression, for the few
that are more than text; it may name other lists, as the shape of a pattern may: `{credit.label}`, or several
at once, `{credit.label|credit.taken_from}`. In a pattern the expressions come first, in their order, then
texts, the longest first, so that none hides behind a shorter one.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache, cached_property
from importlib import resources
from typing import cast

from pipelines.normalise import simplify, traditional
from pipelines.scripts import HAN

__all__ = ["characters", "check", "known_names", "pattern", "position", "words"]

_REFERENCE = re.compile(r"\{([a-z_]+\.[a-z_]+(?:\|[a-z_]+\.[a-z_]+)*)\}")
_MANY = 5
"""Tokens from which on a pattern looks first whether one may begin with the next character: `re` tries each
at each place of a text. Reading by template takes 3% longer without it."""
_BRANCH = r"\w(?![?*{])[^()|]*"
_BEGINNING = re.compile(
    rf"(?:\\b|\(\?<![^()]*\))?(?:(\w)|\[(\w+)\]|\(\?:({_BRANCH}(?:\|{_BRANCH})*)\))(?![?*{{])"
    r"(?:[^()|]|\((?:[^()]|\([^()]*\))*\))*"
)
"""Expressions that tell how their matches begin: one character, one of several, or that of each branch."""
_BETWEEN_IDEOGRAPHS = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")


def words(name: str, *only: str) -> tuple[str, ...]:
    """The tokens of a list (`credit.label`), in all languages or in some, in their order and simplified."""
    tokens = _list(name)
    return tuple(token for language in only or tokens for token in tokens.get(language, ()))


@cache
def known_names() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The lines of known.txt: a kind (country, company) and the names that are of it."""
    table = resources.files("pipelines").joinpath("words/known.txt").read_text("utf-8")
    lines = (line.partition(": ") for line in table.splitlines() if not line.startswith("#"))
    return tuple((kind, tuple(names.split(" | "))) for kind, _, names in lines)


@cache
def characters(*names: str) -> frozenset[str]:
    """Those of lists of single characters, whose lines are runs of them."""
    return frozenset("".join(token for name in names for token in words(name)))


def position(name: str, word: str) -> int:
    """Which token of its language a word is, from 1 on: March is 3 of date.month_name; 0 for none."""
    numbered = (pair for tokens in _list(name).values() for pair in enumerate(tokens, 1))
    return next((n for n, token in numbered if re.fullmatch(_expression(token), word, re.IGNORECASE)), 0)


def pattern(shape: str, *, case: bool = False, as_written: bool = False) -> re.Pattern[str]:
    """The pattern of a shape, compiled when it is first asked.

    Args:
        shape: A regular expression that may name lists of words; what it says itself is simplified too.
        case: Whether capitals matter.
        as_written: Whether it is held against text as pages have it, where traditional characters may stand
            for those of the pattern; without, against what `simplify` gives.
    """
    made = _Pattern(shape, re.NOFLAG if case else re.IGNORECASE, as_written)
    _made.append(made)
    return cast("re.Pattern[str]", made)  # it has all of a pattern's methods


def check() -> list[str]:
    """What is wrong with the lists and with the patterns made so far, a line a fault."""
    faults = [fault for file in _files() for name in _file(file) for fault in _faults(f"{file}.{name}")]
    for made in _made:
        try:
            made.compiled()
        except (re.error, LookupError) as error:
            faults.append(f"{made.shape}: {error}")
    return faults


class _Pattern:
    """Stands for a compiled pattern, and takes its methods over one by one."""

    def __init__(self, shape: str, flags: re.RegexFlag, as_written: bool) -> None:
        self.shape, self.flags, self._as_written = shape, flags, as_written

    @cached_property
    def pattern(self) -> str:
        expression = simplify(_filled(self.shape))
        return _in_both_scripts(expression) if self._as_written else expression

    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def __getattr__(self, name: str) -> object:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = self.compiled()
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return vars(self)[name]


_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_made: list[_Pattern] = []


def _filled(shape: str) -> str:
    """The shape with an alternation in the place of each name of a list."""
    return _REFERENCE.sub(lambda match: _alternation(match[1].split("|")), shape)


def _alternation(names: list[str]) -> str:
    tokens = dict.fromkeys(token for name in names for token in words(name))
    expressions = [token for token in tokens if _is_expression(token)]
    texts = sorted(tokens.keys() - set(expressions), key=lambda text: (-len(text), text))
    choice = f"(?:{'|'.join(map(_expression, [*expressions, *texts]))})"
    firsts = [_firsts(token) for token in tokens]
    if len(tokens) < _MANY or not all(firsts):
        return choice
    return f"(?:(?=[{''.join(map(re.escape, sorted(set(''.join(firsts)))))}]){choice})"


def _firsts(token: str) -> str:
    """The characters with which a token may begin; empty where a look does not tell."""
    if not _is_expression(token):
        return token[:1]
    found = _BEGINNING.fullmatch(token[1:-1])
    one, several, branches = found.groups("") if found else ("", "", "")
    return one + several + "".join(branch[:1] for branch in branches.split("|"))


def _expression(token: str) -> str:
    if _is_expression(token):
        return _filled(token[1:-1])
    return r"\s?".join(map(re.escape, _BETWEEN_IDEOGRAPHS.split(token)))


def _is_expression(token: str) -> bool:
    return len(token) > 2 and token[0] == token[-1] == "/"


def _in_both_scripts(expression: str) -> str:
    """The expression with the traditional characters beside each simplified one, also within [brackets]."""
    written, inside = [], False
    for piece in re.findall(r"\\.|.", expression, re.DOTALL):
        others = traditional(piece)
        written.append(f"[{piece}{others}]" if others and not inside else piece + others)
        inside = piece == "[" or (inside and piece != "]")
    return "".join(written)


def _list(name: str) -> dict[str, tuple[str, ...]]:
    file, _, table = name.partition(".")
    try:
        return _file(file)[table]
    except (KeyError, FileNotFoundError):
        raise LookupError(f"no list {name} in pipelines/words") from None


@cache
def _file(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    return {
        table: {language: _tokens(lines) for language, lines in by.items()}
        for table, by in tomllib.loads(text).items()
    }


def _tokens(lines: str) -> tuple[str, ...]:
    return tuple(simplify(line.strip()) for line in lines.strip().splitlines())


def _files() -> list[str]:
    found = (file.name for file in resources.files(__package__).iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def _faults(name: str) -> list[str]:
    tokens = words(name)
    empty = [f"{name}: no word, or an empty line"] if not all(tokens or [""]) else []
    twice = (token for token, count in Counter(tokens).items() if count > 1)
    return [*empty, *(f"{name}: {token} stands there twice, perhaps in both scripts" for token in twice)]
