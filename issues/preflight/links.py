"""Where the links of a mail lead, and what they say: each should take a reader to a public page,
without telling on anybody, and its words should say which page that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from issues.preflight.anchors import anchors
from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.hosts import is_inner_host
from rendering.content import NoteContent, Takeaways, Text
from rendering.sanitising import web_address

# What shops, networks and newsletters add to follow a reader from page to page.
TRACKING = frozenset(
    {"_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "at_campaign", "at_medium", "cmpid", "dclid"}
    | {"epik", "fbclid", "gbraid", "gclid", "gclsrc", "icid", "igsh", "igshid", "li_fat_id"}
    | {"mc_cid", "mc_eid", "mibextid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash"}
    | {"msclkid", "oly_anon_id", "oly_enc_id", "ref_src", "ref_url", "s_cid", "sfnsn", "srsltid"}
    | {"ttclid", "twclid", "vero_conv", "vero_id", "wbraid", "wickedid", "yclid"}
)
TRACKING_BEGINNINGS = ("utm_", "hsa_", "mtm_", "pk_", "piwik_", "matomo_")
# Whoever has an address with one of these has somebody's rights.
CREDENTIALS = frozenset(
    {"access_token", "api_key", "apikey", "auth_token", "authtoken", "client_secret", "id_token"}
    | {"jsessionid", "password", "passwd", "phpsessid", "pwd", "refresh_token", "session_id"}
    | {"sessionid", "sessiontoken", "token", "x-amz-security-token", "x-amz-signature"}
)
# fmt: off
VAGUE = frozenset({
    "article", "click", "click here", "click on this link", "continue reading", "details", "follow",
    "follow this link", "full text", "go here", "here", "info", "learn more", "link", "more",
    "more here", "more information", "page", "read", "read here", "read it here", "read more",
    "read this", "see here", "see more", "source", "the link", "this", "this article", "this link",
    "this page", "this post", "this website", "url", "view", "web", "website",
})
# fmt: on
# Here a password is part of an invitation, and says only who may enter.
CONFERENCES = frozenset(
    {"gotomeeting.com", "meet.goto.com", "meet.google.com", "meet.jit.si", "teams.live.com"}
    | {"teams.microsoft.com", "webex.com", "whereby.com", "zoom.us", "zoomgov.com"}
)
_OF_AN_INVITATION = frozenset({"passwd", "password", "pwd"})
# What a page can hold and no mail: places on the same page, calls, a letter to nobody.
DROPPED = (
    *("#", "callto:", "facetime:", "fax:", "geo:", "mailto:?", "skype:", "sms:", "tel:"),
    *("webcal:", "whatsapp:"),
)
# An address is no words to be read, least of all by a screen reader, letter by letter.
LONGEST_BARE_ADDRESS = 30
SHOWN = 60
_BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_USER = re.compile(r"(?<=//)[^/]*@|^[^/@]*:[^/@]*@")
_SESSION_IN_PATH = re.compile(r";jsessionid=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as somebody wrote it; `href` is None where its target was lost."""

    place: str
    fix: str
    href: str | None
    words: str
    names_a_source: bool = False

    @property
    def address(self) -> str:
        """As it stands in the mail; empty where a mail can't hold it, which then has no link."""
        return web_address(self.href or "")

    @property
    def is_page(self) -> bool:
        """Whether it leads to a page, and not to a mailbox."""
        return self.address.lower().startswith(("http://", "https://"))

    @property
    def parts(self) -> SplitResult:
        return urlsplit(self.address)

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def shown(self) -> str:
        """Its words, cut to fit into a sentence; where they are an address, without a secret."""
        words = " ".join(map(_without_secrets, self.words.split()))
        return words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"

    @property
    def named(self) -> str:
        """As a finding calls it: by its words and its host, never by the whole address, which
        may hold a secret."""
        shown = self.shown
        if shown and self.host and self.host not in shown:
            return f"The link “{shown}” to {self.host}"
        return f"The link “{shown}”" if shown else f"The link without words to {self.host}"


def links(issue: IssueRendering) -> Iterator[Link]:
    """Every link that people wrote: in texts, in briefs and as sources; each as often as it is."""
    for region in issue.regions:
        for brief in region.briefs:
            for href, words in anchors(brief):
                yield Link(f"briefs › {region.name}", issue.fix, href, words)
    for note in issue.notes:
        for section, href, words in _note_links(note.content):
            place = f"{note.headline} › {section}" if section else note.headline
            yield Link(place, note.fix, href, words)
        for source in note.content.sources:
            if source.url.strip():
                place = f"{note.headline} › sources"
                yield Link(place, note.fix, source.url, source.title, names_a_source=True)


def leads_inside(link: Link, site_url: str) -> bool:
    """Whether a link leads to where readers have no way: an inner network, or our own desk."""
    if not link.is_page:
        return False
    if is_our_own(link.address, site_url):
        return link.parts.path == "/desk" or link.parts.path.startswith("/desk/")
    return is_inner_host(link.host)


def is_our_own(address: str, site_url: str) -> bool:
    """Whether an address is one of our own site's."""
    theirs, ours = urlsplit(address), urlsplit(site_url)
    return theirs.netloc.rpartition("@")[2].lower() == ours.netloc.lower()


def holds_credentials(link: Link) -> bool:
    """Whether who has the link has somebody's rights by it."""
    telling = CREDENTIALS - _OF_AN_INVITATION if _is_invitation(link) else CREDENTIALS
    return bool(
        "@" in link.parts.netloc
        or _SESSION_IN_PATH.search(link.parts.path)
        or any(name.lower() in telling and value for name, value in _parameters(link))
    )


def _is_invitation(link: Link) -> bool:
    return any(f".{link.host}".endswith(f".{host}") for host in CONFERENCES)


def _without_secrets(word: str) -> str:
    """A word, and of an address in it only what stands before `?`, `;` and `#`, and no user."""
    if "." not in word and "/" not in word:
        return word
    return _USER.sub("", re.sub(r"[?#;](?=\S).*", "", word))


@lru_cache(maxsize=64)
def _note_links(note: NoteContent) -> tuple[tuple[str, str | None, str], ...]:
    found = []
    for section in note.sections:
        for part in section.parts:
            match part:
                case Text(html):
                    found += [(section.heading, *anchor) for anchor in anchors(html)]
                case Takeaways(points):
                    for point in points:
                        found += [(section.heading, *anchor) for anchor in anchors(point.html)]
    return tuple(found)


def _parameters(link: Link) -> list[tuple[str, str]]:
    # After a `#` stands what a sign-in page hands over (RFC 6749, section 4.2.2).
    return [*parse_qsl(link.parts.query), *parse_qsl(link.parts.fragment)]


_Judged = Callable[[Link, IssueRendering], tuple[Level, str] | None]


def _one_each(code: str, judged: _Judged) -> Callable[[IssueRendering], Iterator[Finding]]:
    """A check of every link: one finding for each link and place, however often it stands there."""

    def check(issue: IssueRendering) -> Iterator[Finding]:
        seen = set()
        for link in links(issue):
            found = judged(link, issue)
            if found is not None and (key := (link.place, link.href, found[1])) not in seen:
                seen.add(key)
                yield Finding(code, found[0], link.place, found[1], link.fix)

    return check


def _malformed(link: Link, _: IssueRendering) -> tuple[Level, str] | None:
    if link.address and (_has_good_host(link) if link.is_page else "@" in link.parts.path):
        return None
    if (not link.words and not link.href) or _is_dropped(link):
        return None
    if not (link.href or "").strip():
        return Level.BLOCKER, (
            f"The link “{link.shown}” leads nowhere: what it led to is gone. Link it anew, or "
            "take the link out."
        )
    is_mailbox = (link.href or "").strip().lower().startswith("mailto:")
    return Level.BLOCKER, (
        f"The link “{link.shown or 'without words'}” has an address that can't be followed. Write "
        f"it whole, {'like name@example.org' if is_mailbox else 'beginning with https://'}."
    )


def _dropped(link: Link, _: IssueRendering) -> tuple[Level, str] | None:
    if not _is_dropped(link):
        return None
    return Level.WARNING, (
        f"The link “{link.shown or 'without words'}” leads to no page and no mailbox, and the mail "
        "leaves it out. Take the link out, and see that its words say enough."
    )


def _is_dropped(link: Link) -> bool:
    return not link.address and (link.href or "").strip().lower().startswith(DROPPED)


def _has_good_host(link: Link) -> bool:
    try:
        link.parts.port  # noqa: B018 - one that is no number is found out only when it is asked
    except ValueError:
        return False
    return bool(link.host) and not re.search(r"[\s%,;<>\"]|\.\.", link.host)


def _not_https(link: Link, issue: IssueRendering) -> tuple[Level, str] | None:
    if link.parts.scheme.lower() != "http" or is_our_own(link.address, issue.site_url):
        return None
    if leads_inside(link, issue.site_url):
        return None
    return Level.WARNING, (
        f"{link.named} begins with http://, which others on the way can read and change. Write "
        "https://, if the page opens so."
    )


def _tracking(link: Link, _: IssueRendering) -> tuple[Level, str] | None:
    names = [
        name
        for name, _value in parse_qsl(link.parts.query, keep_blank_values=True)
        if name.lower() in TRACKING or name.lower().startswith(TRACKING_BEGINNINGS)
    ]
    if not link.is_page or not names:
        return None
    return Level.WARNING, (
        f"{link.named} tells whose reader follows it. Take {_and(list(dict.fromkeys(names)))} out "
        "of its address."
    )


def _credentials(link: Link, _: IssueRendering) -> tuple[Level, str] | None:
    if not link.is_page or not holds_credentials(link):
        return None
    return Level.BLOCKER, (
        f"{link.named} holds somebody's password or session, which every reader would get. Link "
        "the page's public address."
    )


def _private(link: Link, issue: IssueRendering) -> tuple[Level, str] | None:
    if not leads_inside(link, issue.site_url):
        return None
    level = Level.BLOCKER if issue.really_sent else Level.WARNING
    if is_our_own(link.address, issue.site_url):
        return level, (
            f"{link.named} leads to the desk, which is for editors. Link the public page instead."
        )
    return level, (
        f"{link.named} leads to a machine that only an inner network knows. Link a public page, "
        "or take the link out."
    )


def _text(link: Link, _: IssueRendering) -> tuple[Level, str] | None:
    if link.names_a_source or not link.address:
        return None
    words = " ".join(link.words.split())
    if not words:
        return Level.HINT, (
            f"A link to {link.host or 'a mailbox'} has no words, so the mail does not show it. "
            "Give it some, or take it out."
        )
    if len(words) > LONGEST_BARE_ADDRESS and _BARE_ADDRESS.fullmatch(words):
        return Level.HINT, (
            f"A bare address of {link.host} stands for a link's words. Write what is found there."
        )
    if words.strip(" .,:;!?…»›>→-–—()[]“”\"'").lower() in VAGUE:
        return Level.HINT, (
            f"The link “{words}” does not say where it leads, as people hear who go from link to "
            f"link. Let its words name what is found at {link.host}."
        )
    return None


def _unreachable(link: Link, issue: IssueRendering) -> tuple[Level, str] | None:
    answered = issue.answers.get(link.address) if link.is_page else None
    if answered is None or answered.reachable:
        return None
    return Level.WARNING, f"{link.named}: {answered.sentence} Open it, and mend or replace it."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


CHECKS = (
    _one_each("link-malformed", _malformed),
    _one_each("link-dropped", _dropped),
    _one_each("link-not-https", _not_https),
    _one_each("link-tracking", _tracking),
    _one_each("link-credentials", _credentials),
    _one_each("link-private", _private),
    _one_each("link-text", _text),
    _one_each("link-unreachable", _unreachable),
)
