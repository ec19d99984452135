"""What somebody wrote in a mail themselves: without the mail that they answer, and signatures.

Our own mails say “Unsubscribe” in their foot, so a quotation that is taken for the writer's own
words would end subscriptions that nobody wanted to end.
"""

from __future__ import annotations

import re
from html import unescape

from django.conf import settings

from subscribers.inbound.mime import LARGEST_BODY

LONGEST = 4000

_TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|[!?][^<>]*+>|(?P<name>/?[a-z][a-z0-9]*+)(?P<rest>[^<>]*+)>)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(r"\bhref\s*=\s*[\"']?([^\s\"']{1,500})", re.IGNORECASE)
_UNSEEN = {"head", "style", "script", "title"}
_IN_A_LINE = {"a", "b", "em", "font", "i", "span", "strong", "u"}
# How mail programs mark what they quote: Gmail, Yahoo, Outlook, Thunderbird, Apple Mail.
_QUOTED = re.compile(
    r"gmail_(?:quote|extra|attr)|yahoo_quoted|divRplyFwdMsg|appendonsend|moz-cite-prefix"
    r"|moz-forward-container|OLK_SRC_BODY_SECTION|protonmail_quote|AppleOriginalContents",
    re.IGNORECASE,
)

# “On Sun, 29 Jun 2025 at 08:00, The World This Week <weekly@example.org> wrote:”, in any
# language: a line that ends in a colon, with the time of a day, a year or an address.
_INTRODUCES = re.compile(r"\d[:.h]\d\d\b|\S@\S|\b(?:19|20)\d\d\b")
_LONGEST_INTRODUCTION = 300
# Around “Original Message” and its like, in whatever language.
_RULE = "-_=*"
_LONGEST_RULE = 120
# Outlook's: the head of the mail that is answered.
_FROM = re.compile(r"\W{0,3}(?:from|von|de|da|van|från|fra|od|от)\b\W{0,3}:.{1,200}", re.IGNORECASE)
_OTHER_FIELD = re.compile(r"\W{0,3}\w{2,20}\W{0,3}:.{1,200}")
_SIGNATURE = re.compile(r"-- ?|begin forwarded message:|sent from my .{1,40}", re.IGNORECASE)
# Where the links of our mails lead.
_OUR_LINKS = ("unsubscribe", "preferences", "confirm", "subscribe", "still-wanted", "new-address")
_WORD = re.compile(r"[^\s<>]+")
_WEB_ADDRESS = re.compile(r"\W*(?:https?:|www\.|mailto:)|.*@", re.IGNORECASE)


def own_words(text: str, html: str) -> str:
    """What the writer of a mail wrote, without addresses; at most `LONGEST` characters.

    Args:
        text: the mail's text in plain; where it is empty, the HTML counts.
        html: the mail's text in HTML.
    """
    written = text if text.strip() else text_of(html)
    lines = [line.replace("\xa0", " ").strip() for line in written[:LARGEST_BODY].splitlines()]
    kept = "\n".join(_without_quotations(lines)).strip()
    return _WORD.sub(_no_address, _without_our_own_mail(kept))[:LONGEST].strip()


def _no_address(word: re.Match[str]) -> str:
    return " " if _WEB_ADDRESS.match(word[0][:300]) else word[0]


def text_of(html: str) -> str:
    """The text of an HTML mail, without what the mail program marked as quoted."""
    html = html[:LARGEST_BODY]
    said: list[str] = []
    left_out, depth, at = "", 0, 0
    for tag in _TAG.finditer(html):
        if not left_out:
            said.append(html[at : tag.start()])
        at = tag.end()
        name = (tag["name"] or "").lower()
        bare = name.removeprefix("/")
        if left_out:
            # Counted, because a division has others in it.
            depth += (name == left_out) - (name == f"/{left_out}")
            left_out = left_out if depth > 0 else ""
        elif name in _UNSEEN or name == "blockquote" or (name and _QUOTED.search(tag["rest"])):
            left_out, depth = name, 1
        elif name == "a" and (link := _LINK.search(tag["rest"])):
            # Only by its links our own foot is known again.
            said.append(f" {link[1]} ")
        elif bare and bare not in _IN_A_LINE:
            said.append("\n")
    if not left_out:
        said.append(html[at:])
    return unescape("".join(said))


def _without_quotations(lines: list[str]) -> list[str]:
    """The lines before and between what is quoted, up to a signature."""
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if _is_rule(line) or _SIGNATURE.fullmatch(line) or _is_head(lines, place):
            break
        length = _length_of_introduction(lines, place)
        if length:
            # What follows is quoted; with `>` before each line, what comes after it is not.
            place += length
            following = next((line for line in lines[place:] if line), "")
            if not following.startswith(">"):
                break
            continue
        if not line.startswith(">"):
            kept.append(line)
        place += 1
    return kept


def _length_of_introduction(lines: list[str], place: int) -> int:
    """How many lines announce a quotation here: mail programs break long ones in two or three."""
    for length in (1, 2, 3):
        announced = lines[place : place + length]
        if len(announced) < length or not all(announced):
            return 0
        joined = " ".join(announced)
        if len(joined) > _LONGEST_INTRODUCTION:
            return 0
        # The first line has to be a part of it: it may be what was written above.
        if joined.endswith(":") and all(_INTRODUCES.search(one) for one in (joined, announced[0])):
            return length
    return 0


def _is_rule(line: str) -> bool:
    between = line.strip(_RULE)
    return (
        6 <= len(line) <= _LONGEST_RULE
        and len(line) - len(between) >= 6
        and not (line[:3] + line[-3:]).strip(_RULE)
    )


def _is_head(lines: list[str], place: int) -> bool:
    if not _FROM.fullmatch(lines[place][:250]):
        return False
    following = next((line for line in lines[place + 1 : place + 3] if line), "")
    return bool(_OTHER_FIELD.fullmatch(following[:250]))


def _without_our_own_mail(text: str) -> str:
    """Of a text with one of our links further below, the first paragraph alone.

    Such a link is in no mail but ours, so from somewhere on the text is a quotation that nothing
    has marked.
    """
    first, *others = re.split(r"\n\s*\n", text)
    ours = [f"{settings.SITE_URL}/{place}/" for place in _OUR_LINKS]
    quoted = any(link in paragraph for paragraph in others for link in ours)
    return first if quoted else text
