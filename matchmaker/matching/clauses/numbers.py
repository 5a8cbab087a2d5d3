"""Numbers as texts write them: digits, powers of ten, Chinese numerals, 万 and 亿."""

from __future__ import annotations

import re

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−－負负", "0123456789-+----")
_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {
    "万亿": 1e12,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "十万": 1e5,
    "万": 1e4,
    "千": 1e3,
    "billion": 1e9,
    "million": 1e6,
    "thousand": 1e3,
}

_EXPONENT = (
    r"(?:\s?\^\s?\(?[-−+]?\d{1,2}\)?|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\s?的\s?[-−负]?\s?\d{1,2}\s?次方)"
)
_PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,15})(?:\.\d{1,12})?"
_HAN = r"[零〇一二两三四五六七八九十百千]{1,9}(?:点[零〇一二三四五六七八九]{1,6})?"
NUMBER = (
    rf"(?:10{_EXPONENT}|{_PLAIN}(?:[eE][-+−]?\d{{1,2}}(?![A-Za-z\d])"
    rf"|\s?[×xX*]\s?10{_EXPONENT})?|{_HAN})"
)
"""A pattern without groups; ``value_of`` reads what it matches."""

PARTS = r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[二三四五六七八九百千])"
"""A pattern of how many parts a share is of, before 分之; ``value_of`` reads it."""

SCALE = r"(?:万亿|[百千]?万|亿|千(?![克米瓦帕卡焦伏赫牛安])|(?:thousand|million|billion)\b)"
"""A pattern of the words that multiply the number before them."""

_POWER = re.compile(rf"(?:({_PLAIN})\s?[×xX*]\s?)?10({_EXPONENT})\Z")


def value_of(number: str, scale: str = "") -> float:
    """Return what a match of ``NUMBER``, and one of ``SCALE`` if any, stand for."""
    return _value(number) * _SCALES.get(scale, 1.0)


def _value(number: str) -> float:
    if power := _POWER.match(number):
        digits = re.sub(r"[^\d+-]", "", power[2].translate(_RAISED))
        return float(f"{(power[1] or '1').replace(',', '')}e{digits}")
    if number[0].isdigit():
        return float(number.replace(",", "").replace("−", "-"))
    return _chinese(number)


def _chinese(number: str) -> float:
    """Read numerals up to 9999, or digit by digit where no 十, 百 or 千 stands among them."""
    whole, _, rest = number.partition("点")
    decimals = "".join(str(_DIGITS[letter]) for letter in rest)
    if not set(whole) & set(_TENS):
        digits = "".join(str(_DIGITS[letter]) for letter in whole)
        return float(f"{digits}.{decimals or 0}")
    total, digit = 0, 0
    for letter in whole:
        if letter in _TENS:
            total, digit = total + (digit or 1) * _TENS[letter], 0
        else:
            digit = _DIGITS[letter]
    return float(f"{total + digit}.{decimals or 0}")
