"""Which rules of a mail's own style sheets hold for an element, as far as mails use CSS.

Selectors of types, classes, ids, attributes and `:root`, as descendants and children; a rule
with any other selector is passed over, as most mail programs do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from issues.preflight.page import Element, declarations

# A mail as a computer shows it.
SCREEN_WIDTH = 700

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<more>(?:[.#][\w-]+|\[[\w-]+\]|:root)*)", re.IGNORECASE
)
_MORE = re.compile(r"[.#][\w-]+|\[[\w-]+\]|:root", re.IGNORECASE)
_WIDTH = re.compile(r"\((min|max)-width:\s*(\d+)px\)")


@dataclass(frozen=True, slots=True)
class _Compound:
    """One step of a selector: `td.muted`; `is_child` if it stands right in the step before."""

    tag: str
    classes: frozenset[str]
    others: tuple[str, ...]
    is_child: bool

    def fits(self, element: Element) -> bool:
        return (
            self.tag in {"*", element.tag}
            and self.classes <= element.classes
            and all(self._has(element, other) for other in self.others)
        )

    @staticmethod
    def _has(element: Element, other: str) -> bool:
        if other[0] == "#":
            return element.attributes.get("id") == other[1:]
        return element.tag == "html" if other == ":root" else other[1:-1] in element.attributes


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector with what it declares; the highest `rank` wins: specificity, then place."""

    steps: tuple[_Compound, ...]
    declared: dict[str, str]
    rank: tuple[int, int, int, int]

    def fits(self, element: Element) -> bool:
        """Whether the selector means this element."""
        return _fits(self.steps, element)


@dataclass(slots=True)
class StyleSheet:
    """The rules that hold in one colour scheme, found by what the element is."""

    _rules: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rule: Rule) -> None:
        """Take a rule in."""
        last = rule.steps[-1]
        self._rules[f".{min(last.classes)}" if last.classes else last.tag].append(rule)

    def declared(self, element: Element) -> dict[str, str]:
        """What holds for an element by the style sheets and its own `style` attribute.

        A `background` is called `background-color`, because each takes the other's place.
        """
        keys = {"*", element.tag, *(f".{name}" for name in element.classes)}
        rules = [rule for key in keys for rule in self._rules.get(key, ()) if rule.fits(element)]
        rules.sort(key=lambda rule: rule.rank)
        usual: dict[str, str] = {}
        important: dict[str, str] = {}
        for declared in (*(rule.declared for rule in rules), element.style):
            for name, value in declared.items():
                known_as = "background-color" if name == "background" else name
                holds = important if value.endswith("!important") else usual
                holds[known_as] = value.removesuffix("!important").rstrip()
        return usual | important


def style_sheet(root: Element, *, dark: bool) -> StyleSheet:
    """The rules of a page's style sheets that hold on a computer, by day or by night."""
    sheet = StyleSheet()
    for place, (media, selectors, block) in enumerate(_blocks(root)):
        if not _holds(media, dark):
            continue
        declared = declarations(block)
        for selector in selectors.split(","):
            if steps := _steps(selector.strip()):
                sheet.add(Rule(steps, declared, (*_specificity(steps), place)))
    return sheet


def knows_the_dark(root: Element) -> bool:
    """Whether the page has rules of its own for a dark screen."""
    return any("prefers-color-scheme" in media for media, _, _ in _blocks(root))


def _specificity(steps: tuple[_Compound, ...]) -> tuple[int, int, int]:
    """Ids, classes (with attributes and `:root`), types."""
    ids = sum(other[0] == "#" for step in steps for other in step.others)
    classes = sum(len(step.classes) + len(step.others) for step in steps) - ids
    return ids, classes, sum(step.tag != "*" for step in steps)


def _fits(steps: tuple[_Compound, ...], element: Element) -> bool:
    *before, last = steps
    if not last.fits(element):
        return False
    if not before:
        return True
    around = element.parent
    while around is not None:
        if _fits(tuple(before), around):
            return True
        if last.is_child:
            return False
        around = around.parent
    return False


def _blocks(root: Element) -> Iterator[tuple[str, str, str]]:
    """The media, selectors and declarations of each rule, in order."""
    for element in root.walk():
        if element.tag == "style":
            css = _COMMENT.sub(" ", "".join(map(str, element.children)))
            yield from _rules(css, element.attributes.get("media", "").lower())


def _rules(css: str, media: str) -> Iterator[tuple[str, str, str]]:
    place = 0
    while (opening := css.find("{", place)) != -1:
        prelude = css[place:opening].rpartition(";")[2].strip()
        closing = _closing(css, opening)
        block = css[opening + 1 : closing]
        if prelude.lower().startswith("@media"):
            inner = prelude[len("@media") :].strip().lower()
            # A media query in another one: the rule holds where both do.
            yield from _rules(block, f"{media} and {inner}" if media else inner)
        elif not prelude.startswith("@"):
            yield media, prelude, block
        place = closing + 1


def _closing(css: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(css)):
        depth += (css[place] == "{") - (css[place] == "}")
        if not depth:
            return place
    return len(css)


def _holds(media: str, dark: bool) -> bool:
    return not media or any(_query_holds(query.strip(), dark) for query in media.split(","))


def _query_holds(query: str, dark: bool) -> bool:
    for part in re.split(r"\band\b", query):
        part = part.strip()
        if found := _WIDTH.fullmatch(part):
            width = int(found[2])
            fits = width <= SCREEN_WIDTH if found[1] == "min" else width >= SCREEN_WIDTH
        elif part.startswith("(prefers-color-scheme"):
            fits = ("dark" in part) == dark
        else:
            fits = part in {"all", "screen", "only screen", "only all"}
        if not fits:
            return False
    return True


def _steps(selector: str) -> tuple[_Compound, ...]:
    """The steps of a selector; none if it says something that is not known here."""
    steps: list[_Compound] = []
    is_child = False
    for word in re.sub(r"\s*>\s*", " > ", selector).split():
        if word == ">":
            is_child = True
            continue
        found = _COMPOUND.fullmatch(word)
        if not found:
            return ()
        more = _MORE.findall(found["more"])
        steps.append(
            _Compound(
                (found["tag"] or "*").lower(),
                frozenset(one[1:] for one in more if one[0] == "."),
                tuple(one for one in more if one[0] != "."),
                is_child,
            )
        )
        is_child = False
    return tuple(steps)
