"""The language in which readers are spoken to.

It is a setting. Whoever works here in which language, and in whatever thread or process
something for readers is made: the same words come out.
"""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils import translation

from rendering.languages import Tongue

ENGLISH = "en"


def in_readers_language() -> translation.override:
    """While this lasts, gettext answers in the readers' language."""
    return translation.override(settings.READERS_LANGUAGE)


def spoken_in() -> Tongue:
    """The language of what is being made now, as a page's `lang` and `dir` name it.

    English is plain `en` of whichever country: so it stands in every mail that was ever approved.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    lang = ENGLISH if is_english(language) else translation.to_locale(language).replace("_", "-")
    return Tongue(lang, "rtl" if translation.get_language_bidi() else "ltr")


def is_english(language: str) -> bool:
    """Whether a language, as a setting names it, is an English one."""
    return language.partition("-")[0] == ENGLISH


@cache
def locale_of(language: str) -> Locale:
    """What Babel knows of a language: names of months, rules of plural.

    Of one that it does not know nothing is known here either: it is treated as English.
    """
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
