"""Figures that measure nothing: dates, standards, patents, models, numbering, phones."""

from __future__ import annotations

import re

_STANDARDS = (
    r"(?:GB|HJ|DL|NB|SH|HG|QB|JB|YB|YS|MT|AQ|TB|JT|CJ|NY|LY|SL|YY|JGJ|DB\d{0,4}|ISO|IEC|ASTM|EN|DIN"
    r"|IEEE|UL|JIS|TSG)(?:\s?/\s?[A-Z]{1,3})?(?:\s?[A-Z]{1,2})?[\s-]?\d[\d.:\-—]*"
)
_DATES = (
    r"\d{4}\s?年(?:\s?\d{1,2}\s?月)?(?:\s?\d{1,2}\s?日)?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}\s?月(?:\s?\d{1,2}\s?日|份|底|初|中旬)?|\d{1,2}(?::|：)\d{2}"
    r"|\b(?:19|20)\d\d\b(?=[,.\s]*(?:and\b|$))|(?:in|by|since|until|from) (?:19|20)\d\d\b"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?: \d{4})?"
)
_NUMBERS = (
    r"\b(?:ZL|CN|US|EP|WO|PCT/CN)\s?\d[\d.,/]*(?:\s?[A-Z]\d?)?|第\s?[\d一二三四五六七八九十]+"
    r"|(?:附件|附表|图|表|邮编|邮政编码|编号|批号|代码|版本|section|table|figure|page|chapter)\s?\d[\d.\-]*"
    r"|\d{3,}(?:-[A-Z\d]{2,}){2,}|\d{4}-[A-Z]{2}-\d+|\d+(?:[:：]\d+){1,3}(?![\d.])"
    r"|(?:\+86[\s-]?)?(?<!\d)0?\d{2,3}[\s-]\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)"
    r"|TRL\s?\d|“?[一二三四五六七八九十]{2,3}五”|(?<!\d)\d{3}\s?计划"
)
_NUMBERING = (
    r"^\s*(?:[（(]\s?\d{1,2}\s?[)）]|\d{1,2}(?:、|[.．](?!\d)|\s?[)）])"
    r"|[一二三四五六七八九十]{1,3}、)"
)
_MODELS = (
    r"(?<![A-Za-z\d])(?!(?:[Nkcdm]?m|pH|Ra|Rz|COD|TDS|TOC|SS|mAP|THD)\d)(?!10\^)"
    r"[A-Za-z]{1,8}-?\d[\w.\-]*|CO₂|H₂"
)
_ASIDE = re.compile(
    "|".join((_NUMBERING, _STANDARDS, _DATES, _NUMBERS, _MODELS)), re.MULTILINE | re.IGNORECASE
)
_BLANK = "\0"


def without(text: str) -> str:
    """Return ``text`` with figures that measure nothing blanked out, every place kept."""
    return _ASIDE.sub(lambda match: _BLANK * (match.end() - match.start()), text)
