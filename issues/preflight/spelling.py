"""Words that no dictionary knows, asked of Hunspell, which Debian packages.

The words are an issue's own; names are left out, because no dictionary knows the world's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from issues.preflight.facts import IssueRendering
from issues.preflight.words import Passage, passages
from notes.spellings import names_in

_MOST_WORDS = 20_000
_LONGEST_WORD = 40
_SHORTEST_WORD = 3
_SHORTEST_NAME = 6
_LONGEST_WAIT = 10.0  # seconds; a whole issue takes a tenth of one
_DICTIONARY = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
# Not a part of an address, a number or a compound, and in no other script than the dictionary's.
_WORD = re.compile(r"(?<![\w@.’'/#-])[A-Za-z]++(?:['’][A-Za-z]++)?+(?![\w@/’'-]|\.\w)")
_POSSESSIVE = re.compile(r"['’]s?\Z")
# The newsroom's own words; names, credits and other people's titles are spelt as they are.
_READ = frozenset({"headline", "heading", "paragraph", "cell", "caption", "quotation"})


def unknown_words(words: Iterable[str], dictionary: str, known: Collection[str]) -> frozenset[str]:
    """Those words that the dictionary does not know.

    Args:
        words: as they stand in a text. Those with digits, accents or another script, and those
            in capitals, are not asked about.
        dictionary: Hunspell's, like `en_GB`.
        known: names of people and places; each of their words counts as known.

    Returns:
        Of capitalised words, which are mostly names, those that are one slip of the keyboard away
        from a word that is known or in a dictionary. Nothing where Hunspell or the dictionary is
        not installed, or does not answer in time.
    """
    program = shutil.which("hunspell")
    asked = sorted(_worth_asking(words, known))[:_MOST_WORDS]
    if program is None or not asked or not _DICTIONARY.fullmatch(dictionary):
        return frozenset()
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command; the words go to its stdin
            [program, "-l", "-i", "UTF-8", "-d", dictionary],
            input="".join(f"{word}\n" for word in asked).encode(),
            capture_output=True,
            timeout=_LONGEST_WAIT,
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": os.devnull},
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    # Without the dictionary it fails and says so.
    if answer.returncode != 0:
        return frozenset()
    unknown = frozenset(answer.stdout.decode(errors="replace").split()) & frozenset(asked)
    right = {*(frozenset(asked) - unknown), *known}
    return frozenset(_without_names(unknown, right))


def candidates(issue: IssueRendering) -> frozenset[str]:
    """The words of an issue that a dictionary may be asked about.

    A capitalised word is taken for a name if it stands within a sentence twice, or beside another
    one.
    """
    words: set[str] = set()
    names: Counter[str] = Counter()
    for passage in passages(issue):
        if passage.kind in _READ:
            words.update(words_of(passage))
            for name in names_in(passage.text):
                if name.following:
                    names.update({name.word: 2, name.following: 2})
                elif name.is_sure:
                    names[name.word] += 1
        elif passage.kind == "author":
            names.update({name.word: 2 for name in names_in(passage.text, is_name=True)})
    return frozenset(word for word in words if names[word] < 2)


def words_of(passage: Passage) -> Iterator[str]:
    """The words of a passage as Hunspell is asked about them, with a straight apostrophe."""
    for found in _WORD.finditer(passage.text):
        yield _POSSESSIVE.sub("", found[0]).replace("’", "'")


def _worth_asking(words: Iterable[str], known: Collection[str]) -> set[str]:
    names = {part for name in known for part in _parts(name)}
    plain = {_POSSESSIVE.sub("", word).replace("’", "'") for word in words}
    return {
        word
        for word in plain
        if _WORD.fullmatch(word)
        and _SHORTEST_WORD <= len(word) <= _LONGEST_WORD
        and not word.isupper()
        and word.casefold() not in names
    }


def _without_names(unknown: Iterable[str], right: Collection[str]) -> Iterator[str]:
    """What is in small letters, and of the rest what is nearly one of the right words."""
    near: set[str] | None = None
    for word in unknown:
        if word.islower():
            yield word
        elif len(word) >= _SHORTEST_NAME:
            if near is None:
                near = {
                    form for name in right for part in _parts(name) for form in _shortened(part)
                }
            if any(form in near for form in _shortened(word.casefold())):
                yield word


def _shortened(word: str) -> Iterator[str]:
    """The word and all that it becomes without one letter: two that share one are a slip apart."""
    if len(word) >= _SHORTEST_NAME - 1:
        yield word
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]


def _parts(name: str) -> Iterator[str]:
    return (part.casefold() for part in re.findall(r"[^\W\d_]+", name))
