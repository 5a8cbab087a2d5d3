"""Languages of the portal and its catalogues, for what is written outside a request."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

#: Language code → its own name, the default first; addresses of the others begin with the code.
LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT_LANGUAGE = "zh"
CATALOGUES = Path(__file__).parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language; message ids are returned as they are without one."""
    return Translations.load(CATALOGUES, [language])


def path_prefix(language: str) -> str:
    """What comes before a path in the address for a language: "" or "/en"."""
    return "" if language == DEFAULT_LANGUAGE else f"/{language}"


def mark(message: str) -> str:
    """Mark a message for the catalogues without translating it yet."""
    return message
