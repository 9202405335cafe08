"""A text in, its BCP 47 language out: zh-Hans, zh-Hant, en, ..., or None where nobody can say."""

from __future__ import annotations

import re
from functools import cache

import opencc
import py3langid

from pipelines.records import Field

_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_SAMPLE = 1500


def find_language(text: str) -> Field | None:
    """The language of a text, by its script, and by py3langid where the script leaves it open."""
    sample = text[:_SAMPLE]
    han, kana, hangul = (len(pattern.findall(sample)) for pattern in (_HAN, _KANA, _HANGUL))
    letters = sum(map(str.isalpha, sample))
    if letters < 10:
        return None
    if hangul > 0.3 * letters:
        return Field("ko", "script", f"{hangul} of {letters} letters are Hangul")
    if kana > 0.1 * letters:
        return Field("ja", "script", f"{kana} of {letters} letters are Kana")
    if han > 0.2 * letters:
        return Field(_chinese(sample), "script", f"{han} of {letters} letters are Han")
    code, _ = py3langid.classify(sample)
    return Field(str(code), "py3langid", sample[:100])


def _chinese(sample: str) -> str:
    simplified, traditional = _converters()
    only_traditional = sum(a != b for a, b in zip(sample, simplified.convert(sample), strict=False))
    only_simplified = sum(a != b for a, b in zip(sample, traditional.convert(sample), strict=False))
    return "zh-Hant" if only_traditional > only_simplified else "zh-Hans"


@cache
def _converters() -> tuple[opencc.OpenCC, opencc.OpenCC]:
    return opencc.OpenCC("t2s"), opencc.OpenCC("s2t")
