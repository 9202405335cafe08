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
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources
from re import _compiler as compiler  # type: ignore[attr-defined]  # typeshed has not the module
from re import _constants as ops  # type: ignore[attr-defined]  # as above
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import Any, cast

from pipelines.normalise import simplify, traditional

__all__ = ["characters", "check", "known_names", "pattern", "position", "words"]

_REFERENCE = re.compile(r"\{([a-z_]+\.[a-z_]+(?:\|[a-z_]+\.[a-z_]+)*)\}")
_BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


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
        return _gated(parser.parse(self.pattern, self.flags))

    def __getattr__(self, name: str) -> object:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = self.compiled()
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return vars(self)[name]


_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_made: list[_Pattern] = []


def _gated(parsed: Any) -> re.Pattern[str]:
    """The pattern of a parsed expression that looks first whether a match may begin with the next character.

    `re` does so itself where all alternatives begin with a plain character that has no capital; else it tries
    each of a hundred at each place of a text. Reading took 4 to 8% less.
    """
    looks_itself = parsed[0][0] is ops.AT or compiler._get_charset_prefix(parsed, parsed.state.flags)
    firsts = None if looks_itself else _firsts(parsed)
    if firsts and None not in firsts:
        parsed.insert(0, (ops.ASSERT, (1, parser.SubPattern(parsed.state, [(ops.IN, list(firsts))]))))
    return cast("re.Pattern[str]", compiler.compile(parsed))


_Firsts = set[tuple[Any, Any] | None]
"""Members of a set of characters, as `re` parses it; None among them for no character at all."""


def _firsts(parts: Iterable[tuple[Any, Any]]) -> _Firsts | None:
    """With what a match of these parts may begin; None where that is not known."""
    found: _Firsts = set()
    for operation, said in parts:
        if operation in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
            continue
        firsts = _firsts_of(operation, said)
        if firsts is None:
            return None
        found |= firsts - {None}
        if None not in firsts:
            return found
    return found | {None}


def _firsts_of(operation: Any, said: Any) -> _Firsts | None:
    if operation is ops.LITERAL:
        return {(operation, said)}
    if operation is ops.IN:
        return None if said[0][0] is ops.NEGATE else set(said)
    if operation is ops.BRANCH:
        branches = [_firsts(branch) for branch in said[1]]
        return None if None in branches else set().union(*(firsts or () for firsts in branches))
    if operation is ops.SUBPATTERN and not said[1]:  # else capitals may matter in it and not outside
        return _firsts(said[3])
    if operation in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        firsts = _firsts(said[2])
        return firsts and (firsts if said[0] else firsts | {None})
    return None


def _filled(shape: str) -> str:
    """The shape with an alternation in the place of each name of a list."""
    return _REFERENCE.sub(lambda match: _alternation(match[1].split("|")), shape)


def _alternation(names: list[str]) -> str:
    tokens = dict.fromkeys(token for name in names for token in words(name))
    expressions = [token for token in tokens if _is_expression(token)]
    texts = sorted(tokens.keys() - set(expressions), key=lambda text: (-len(text), text))
    return f"(?:{'|'.join(map(_expression, [*expressions, *texts]))})"


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
