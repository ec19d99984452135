"""How authors are named, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from rendering.content import Author


def joined(names: Sequence[str]) -> str:
    """Names, or other words, as a byline has them: `A`, `A and B`, or `A, B and C`."""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def joined_for_readers(names: Sequence[str]) -> str:
    """The same in the language of what is being made."""
    *others, last = names or [""]
    if not others:
        return last
    return _("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last}


def described(authors: Iterable[Author]) -> list[Author]:
    """Those about whom something is said."""
    return [author for author in authors if author.biography.strip() or author.affiliation.strip()]


def introduced(author: Author) -> bool:
    """Whether the biography opens with the author's name, so that it need not stand before it."""
    return not author.affiliation and _letters(author.biography).startswith(_letters(author.name))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
