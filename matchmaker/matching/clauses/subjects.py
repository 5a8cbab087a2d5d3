"""What a figure measures and under which condition: read from the words around it."""

from __future__ import annotations

import re

_ASIDE = re.compile(r"\s?[（(][^（()）]*\d[^（()）]*[)）]\Z")
_OPENING = re.compile(r"(?<![存现])在(?!线)|当(?!量)|于")
BOUNDARY = re.compile(r"[，；;。！!？?\n:：、]|,(?!\d)|\.(?=\s|\Z)|\band\b|并且|同时")
SENTENCE_END = re.compile(r"[。！!？?；;\n]|\.(?=\s|\Z)")

_LEADING = re.compile(
    r"(?:\s|要求|希望|需要|需求|拟|期望|争取|力争|目标是|目标|应当|处理后的?|改造后|建成后|投运后|并(?!发|网|联|行|列)|且|及(?!时)|和|与|使得|使(?!用)"
    r"|其中|有(?![机效害毒价])|同时|把|将|从|由|以(?!太)|确保|保证|其|该|所有|上述|而|可(?![用靠])|在(?!线)|于|中试|的"
    r"|(?:the|a|an|we need|we want to|we want|want to|need|raise|increase|improve|reduce|lower|with"
    r"|of|its|that|in|to|and)\b)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s|应|须|需|要|仍|均|都|不|得|能|为|是|在|的|可|控制|保持|稳定|达|到|约|平均|大幅|有效|显著|再|回|至少|最少|比人工|长期|较现有"
    r"|由|从|低|至|[（(]|总体|实现|将|必|所|提高|提升|降低|减少|下降|增加|缩短|延长|减重"
    r"|\b(?:shall|must|should|may|can|has|have|is|are|was|were|be|being|stay|stays|remain|remains|to|by|of|not"
    r"|kept|reach|reaches|reduced|increased|improved|from|a|an|the|required|between|within|at|for))+\Z",
    re.IGNORECASE,
)
CONDITION_TAIL = re.compile(
    r"\s?(?:左右)?\s?(?:的)?(?:(?:条件|环境|工况|情况|状态|温度)(?:下|中)?|时(?!间)|下(?!降|游|层)"
    r"|(?:以|之)?后(?!续))"
)
_CONDITION_LEAD = re.compile(r"(?:\s|在|于|当|即使|经|要求|希望|需要|并|且)+")
_CONDITION_END = re.compile(r"\s?(?:的?(?:条件|环境|工况|情况|状态)?[下中]|(?<!小)时)\Z")
CONDITION_WORD = re.compile(r"(?:\bat|\bafter|\bfor|@)\s?(?:a |an |about )?\Z", re.IGNORECASE)


def segment_start(text: str, upto: int, floor: int) -> int:
    """Return where the stretch of ``text`` without punctuation that ends at ``upto`` begins."""
    start = floor
    for match in BOUNDARY.finditer(text, floor, upto):
        start = match.end()
    return start


def segment_end(text: str, start: int) -> int:
    """Return where the stretch without punctuation that ``start`` lies in ends."""
    match = BOUNDARY.search(text, start)
    return match.start() if match else len(text)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow ``text[start:end]`` to the words that name what is measured; may become empty."""
    if lead := _LEADING.match(text, start, end):
        start = lead.end()
    if trail := _TRAILING.search(text, start, end):
        end = trail.start()
    if aside := _ASIDE.search(text, start, end):
        end = aside.start()
    while start < end and text[start] in "”)）」":
        start += 1
    return _unbracketed(text, start, end)


def condition_start(text: str, start: int, end: int) -> int:
    """Return where a condition opens within ``text[start:end]``: at its last 在 or 当, if any."""
    return max((match.start() for match in _OPENING.finditer(text, start, end)), default=start)


def _unbracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out an opening bracket that nothing closes, with what follows it."""
    for opening, closing in ("（）", "()"):
        at = text.rfind(opening, start, end)
        if at >= 0 and closing not in text[at:end]:
            end = at
    return (start, end) if start < end else (end, end)


def condition_text(text: str, start: int, end: int) -> str:
    """Return the condition in ``text[start:end]`` without the words that open it."""
    if lead := _CONDITION_LEAD.match(text, start, end):
        start = lead.end()
    words = text[start:end].strip(" 的（()）")
    return _CONDITION_END.sub("", words).rstrip()
