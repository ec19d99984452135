"""Likely slips in an address: what it may have been meant to be. Never a reason to refuse one."""

from __future__ import annotations

import re

from subscribers.addresses import valid_address
from subscribers.errors import AddressError

# Most of the world's private mailboxes are at these; each is right as it stands, and what differs
# from a longer one by one slip is probably meant to be it.
COMMON_DOMAINS = frozenset(
    """
    gmail.com googlemail.com
    yahoo.com yahoo.co.uk yahoo.co.in yahoo.in yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca
    yahoo.co.jp yahoo.co.id yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.com.ph yahoo.com.sg
    ymail.com rocketmail.com myyahoo.com
    hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es
    outlook.com outlook.in outlook.fr outlook.de outlook.es outlook.com.br
    live.com live.co.uk live.fr live.in live.nl msn.com passport.com
    icloud.com me.com mac.com aol.com aim.com
    protonmail.com proton.me pm.me tutanota.com tutamail.com tuta.com fastmail.com fastmail.fm
    zoho.com zohomail.com zohomail.in hey.com posteo.de posteo.net mailbox.org mail.com email.com
    gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de arcor.de
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr libero.it virgilio.it tiscali.it
    btinternet.com btopenworld.com sky.com talktalk.net virginmedia.com ntlworld.com
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    optonline.net rogers.com shaw.ca sympatico.ca bigpond.com optusnet.com.au
    rediffmail.com rediff.com sify.com
    mail.ru inbox.ru list.ru bk.ru yandex.ru yandex.com rambler.ru ukr.net
    qq.com 163.com 126.com 139.com foxmail.com sina.com sina.cn sohu.com aliyun.com
    naver.com daum.net hanmail.net docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    uol.com.br bol.com.br terra.com.br seznam.cz wp.pl o2.pl onet.pl interia.pl abv.bg
    telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl bluewin.ch hispeed.ch
    """.split()  # noqa: SIM905 - read as a table
)
# Real ones, each a slip away from one of the above.
_NEIGHBOURS = frozenset({"cloud.com", "gmai.com", "hotmai.com", "photon.me", "outlook.co"})
# A short domain is one slip away from many that are somebody else's.
_SHORTEST_MEANT = 9
_MEANT = sorted(domain for domain in COMMON_DOMAINS if len(domain) >= _SHORTEST_MEANT)
# No domain ends in any of these: https://data.iana.org/TLD/tlds-alpha-by-domain.txt
_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "ccom", "vom", "xom", "cim"), "com"),
    **dict.fromkeys(("cpm", "clm", "ckm", "c0m", "comn", "conm"), "com"),
    **dict.fromkeys(("ogr", "rog", "orgg", "prg", "irg", "orgn"), "org"),
    **dict.fromkeys(("nte", "nett", "met", "ner", "nwt"), "net"),
}
# As mail programs and pages have it: `Ann Reader <ann@example.org>`, `mailto:ann@example.org`.
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>[\s,;]*")
_OF_A_LINK = re.compile(r"^mailto:", re.IGNORECASE)
# What is copied along from a page and has no width; and the sign of East Asian keyboards.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff")) | {ord("\uff20"): "@"}


def meant(text: str) -> str | None:
    """The address that was probably meant; None where nothing looks like a slip.

    Args:
        text: what somebody wrote, whether or not it can be an address.
    """
    alone = _alone(text)
    local, at, written = alone.rpartition("@")
    domain = written.lower()
    if not at:
        return None
    guess = _common(_mended(domain))
    if guess == domain and alone == text.strip():
        return None
    try:
        return valid_address(f"{local}@{guess}")
    except AddressError:
        return None


def _alone(text: str) -> str:
    """The address without what was copied along with it."""
    text = text.translate(_UNSEEN).strip()
    found = _IN_BRACKETS.fullmatch(text)
    return _OF_A_LINK.sub("", found[1] if found else text)


def _mended(domain: str) -> str:
    """Without the slips that show by themselves: a comma for a point, an ending there is not."""
    if domain in COMMON_DOMAINS or domain in _NEIGHBOURS:
        return domain
    domain = domain.replace(",", ".").replace(";", ".").strip(".")
    before, point, ending = domain.rpartition(".")
    return f"{before}{point}{_ENDINGS.get(ending, ending)}" if before else domain


def _common(domain: str) -> str:
    """The common domain that this one differs from by a missing point or one slip, or itself."""
    if domain in COMMON_DOMAINS or domain in _NEIGHBOURS:
        return domain
    for common in _MEANT:
        # `gmailcom`, and `gmail` alone.
        if domain in (common.replace(".", ""), common.partition(".")[0]):
            return common
    return next((common for common in _MEANT if one_slip_apart(domain, common)), domain)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether a letter was left out, added or replaced, or two changed places; once.

    >>> one_slip_apart("gmial.com", "gmail.com"), one_slip_apart("gml.com", "gmail.com")
    (True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    same = next(
        (place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter)
    )
    rest, other_rest = shorter[same:], longer[same:]
    if len(shorter) < len(longer):
        return rest == other_rest[1:]
    return rest[1:] == other_rest[1:] or (
        rest[2:] == other_rest[2:] and rest[:2] == other_rest[1::-1]
    )
