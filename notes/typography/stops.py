"""Full stops, commas and the spaces around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from notes.typography.found import Found

_NAMED = {
    ".": "a full stop",
    ",": "a comma",
    ";": "a semicolon",
    ":": "a colon",
    "!": "an exclamation mark",
    "?": "a question mark",
    ")": "a closing bracket",
    "]": "a closing bracket",
}
_SPACES = " \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
# Three full stops are an ellipsis, and `../` is a folder.
_DOUBLED = re.compile(r"(?<=[^\s.…])\.\.(?![.…\w/\\])|(?<=[\w”’\"')])([,;])\1+")
_RUN_OF_SPACES = re.compile(f"[{_SPACES}]{{2,}}")
# ` .NET` and ` .5` begin a word; ` :)` and ` ;-)` smile.
_SPACED_STOP = re.compile(
    rf"(?<=[\w”’\"')\]%])[{_SPACES}]+(?:(?P<inner>[,;])(?![)(|/-])(?P<word>\w)?+"
    r"|(?P<last>[.:!?])(?![.\w…)(|/-])|(?P<closing>[)\]]))"
)


def doubled_stops(text: str) -> Iterator[Found]:
    """Full stops, commas and semicolons that were typed twice."""
    for found in _DOUBLED.finditer(text):
        name = _NAMED[found[0][0]].removeprefix("a ")
        yield Found(found.start(), found.end(), f"a doubled {name}", found[0][0])


def doubled_spaces(text: str) -> Iterator[Found]:
    """Runs of spaces, no-break ones too."""
    for found in _RUN_OF_SPACES.finditer(text):
        count = len(found[0])
        kind = "no-break space" if not found[0].strip("\u00a0") else "space"
        saying = f"a doubled {kind}" if count == 2 else f"a run of {count} {kind}s"
        yield Found(found.start(), found.end(), saying, " ")


def spaces_before_stops(text: str) -> Iterator[Found]:
    """Spaces before a comma, a stop or a closing bracket."""
    for found in _SPACED_STOP.finditer(text):
        if not _is_spaced_as_here(text[found.start() - 1]):
            continue
        mark = found["inner"] or found["last"] or found["closing"]
        end, meant = found.end(), mark
        if found["word"]:
            end, meant = end - 1, f"{mark} "
        yield Found(found.start(), end, f"a space before {_NAMED[mark]}", meant)


_STOP_IN_WORD = re.compile(r"(?<=.)(?:[,;](?=[“‘(]?[^\W_])|[.!?][”’)\]]?(?=[“‘(]?[^\W\d_]))")
_WORD = re.compile(r"\S+")
# What an address without its scheme, or a file's name, ends in.
# fmt: off
_ENDINGS = frozenset({
    "com", "org", "net", "int", "info", "edu", "gov", "mil", "biz", "news", "media", "live",
    "online", "site", "tech", "press", "africa", "asia", "world", "global", "blog", "app", "dev",
    "pdf", "html", "htm", "docx", "doc", "txt", "xlsx", "csv", "jpg", "png", "js", "py",
})
# Two letters are a country's, but for these.
_NO_COUNTRY = frozenset({"an", "he", "if", "of", "on", "or", "up", "we"})
# fmt: on


def missing_spaces(text: str) -> Iterator[Found]:
    """Commas and stops that the next word follows without a space.

    Not in numbers, addresses and the names of sites and files, initials and abbreviations.
    """
    for word in _WORD.finditer(text):
        marks = list(_STOP_IN_WORD.finditer(word[0]))
        if not marks or _is_address(word[0]):
            continue
        for mark in marks:
            start, end = word.start() + mark.start(), word.start() + mark.end()
            if _divides(text[max(word.start(), start - 3) : start], mark[0], text[end : end + 3]):
                yield Found(start, end, f"no space after {_NAMED[mark[0][0]]}", f"{mark[0]} ")


def _divides(left: str, mark: str, right: str) -> bool:
    """Whether a mark between these, at most three characters on each side, divides two words."""
    last = left[-1]
    if not _is_spaced_as_here(last):
        return False
    if mark in ",;":
        # A number (`1,020`) has digits on both sides, a formula (`N,N`) single letters.
        is_number = last.isdigit() and right[0].isdigit()
        is_word = len(left) > 1 and (left[-2:].isalnum() or last in "”’)]%")
        return is_word and not is_number
    following = right.lstrip("“‘(")
    if last.isalpha():
        # Initials, degrees and abbreviations are single letters or capitals: `M.K. Stalin`,
        # `Ph.D.`, `e.g.`, `U.S.S.R.`
        is_word = left[-2:].isalpha() and len(left) > 1 and last.islower()
    else:
        is_word = last in "”’)]%" or (last.isdigit() and following[:1].isupper())
    is_followed = following[:2].isalpha() and len(following) > 1 and following[1].islower()
    return is_word and is_followed and _is_spaced_as_here(following[0])


def _is_spaced_as_here(char: str) -> bool:
    """Whether this is no letter of a script without capitals: those have other stops."""
    return not char.isalpha() or char.islower() or char.isupper()


def _is_address(word: str) -> bool:
    """Whether this is a link, a mail address, a file or a site: `news.example/politics`."""
    if "@" in word or "://" in word or word.lower().startswith(("www.", "doi:", "#")):
        return True
    name, slash, _ = word.lower().strip("“”‘’\"'()[]<>.,;:!?").partition("/")
    name = name.removesuffix("’s").removesuffix("'s")
    *labels, ending = name.split(".")
    if not labels or not name.isascii() or "," in name:
        return False
    is_country = len(ending) == 2 and ending not in _NO_COUNTRY
    return bool(slash) or ending in _ENDINGS or is_country
