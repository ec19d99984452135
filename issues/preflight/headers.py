"""What the big mailbox providers and the law require of mail to many, as far as it can be seen
in the mail and its sender; what only DNS tells is asked by `twtw doctor dns`.

The providers' rules, for whoever sends to 5,000 of their mailboxes a day, and wise for all:

- Gmail, https://support.google.com/a/answer/81126: SPF, DKIM and DMARC, aligned with From; PTR;
  TLS; no From at gmail.com; one-click unsubscribing (RFC 8058) and a visible link to leave.
- Yahoo, https://senders.yahooinc.com/best-practices/: the same.
- Outlook.com, since May 2025, https://techcommunity.microsoft.com/blog/microsoftdefenderforoffice365blog/strengthening-email-ecosystem-outlook’s-new-requirements-for-high‐volume-senders/4399730:
  SPF, DKIM and DMARC; a From or Reply-To that can take answers; a visible link to leave.

The headers for one-click unsubscribing are written by every transport, so nothing is to check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.hosts import belong_together, is_inner_host
from rendering.marks import Mark
from rendering.sanitising import web_address

# Kept for examples and tests (RFC 2606); `.example` itself is what our own examples use.
EXAMPLE_DOMAINS = ("example.org", "example.com", "example.net", "test", "invalid", "localhost")
# Mailboxes that anybody can have. Their DMARC policies have mail refused that names them as the
# sender and does not come from their own servers.
FREE_MAIL = frozenset(
    {"aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk"}
    | {"hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "mac.com", "mail.com"}
    | {"mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "outlook.de"}
    | {"outlook.in", "pm.me", "proton.me", "protonmail.com", "qq.com", "163.com", "126.com"}
    | {"rediffmail.com", "rocketmail.com", "t-online.de", "web.de", "yahoo.co.in", "yahoo.co.uk"}
    | {"yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.in", "yandex.com", "yandex.ru", "ymail.com"}
    | {"zoho.com", "zohomail.com"}
)
_NO_REPLY = re.compile(r"(?:no|non|not|do\W?not|don\W?t|never)[-_.]?(?:reply|respond|response)\b")


def _postal_address(issue: IssueRendering) -> Iterator[Finding]:
    """The law of many countries wants one, such as CAN-SPAM, 15 U.S.C. 7704(a)(5)(A)(iii)."""
    if not issue.publication.postal_address.strip():
        yield _of_publication(
            "no-postal-address",
            _placeholder_level(issue),
            issue,
            f"{issue.publication.name} has no postal address, which a mailing to many must carry. "
            "Write it in the publication's settings.",
        )


def _example_sender(issue: IssueRendering) -> Iterator[Finding]:
    domain = _domain(issue.sender.address)
    if any(domain == known or domain.endswith(f".{known}") for known in EXAMPLE_DOMAINS):
        yield _of_publication(
            "example-sender",
            _placeholder_level(issue),
            issue,
            f"The sender of {issue.publication.name} is still an example address. Set the one "
            "that its readers know.",
        )


def _site(issue: IssueRendering) -> Iterator[Finding]:
    """In the outbox nothing leaves this machine, and neither need the links."""
    site = urlsplit(issue.site_url)
    if issue.really_sent and (site.scheme != "https" or is_inner_host(site.hostname or "")):
        yield Finding(
            "site-not-public",
            Level.BLOCKER,
            "TWTW_SITE_URL",
            f"The links lead to {issue.site_url}; readers need an https address of yours, and "
            "one-click unsubscribing does too (RFC 8058). Set TWTW_SITE_URL.",
        )


def _free_mail(issue: IssueRendering) -> Iterator[Finding]:
    domain = _domain(issue.sender.address)
    if domain in FREE_MAIL:
        yield _of_publication(
            "free-mail-sender",
            _placeholder_level(issue),
            issue,
            f"The sender's address is at {domain}, which has mail in its name refused when others "
            "send it. Send from a domain of your own; answers may still go to that address.",
        )


def _no_reply(issue: IssueRendering) -> Iterator[Finding]:
    """Outlook.com asks for a From or Reply-To that can take answers."""
    answered_at = issue.sender.reply_to or issue.sender.address
    if _NO_REPLY.match(answered_at.rpartition("@")[0].lower()):
        yield _of_publication(
            "no-reply-sender",
            Level.WARNING,
            issue,
            "Readers can't answer, by the look of the sender's address. Set an address for answers "
            "that somebody reads; Outlook.com asks for one.",
        )


def _sender_name(issue: IssueRendering) -> Iterator[Finding]:
    name = issue.sender.name.strip()
    if not name:
        said = "The sender has no name, so mail programs show a bare address."
    elif "@" in name:
        said = "The sender's name looks like an address, as forgers' do."
    else:
        return
    yield _of_publication(
        "sender-name", Level.WARNING, issue, f"{said} Write the publication's name."
    )


def _unsubscribe_link(issue: IssueRendering) -> Iterator[Finding]:
    bodies = (("HTML", issue.rendering.html), ("plain text", issue.rendering.text))
    missing = [name for name, body in bodies if Mark.UNSUBSCRIBE_URL not in body]
    if missing:
        yield Finding(
            "no-unsubscribe-link",
            Level.BLOCKER,
            "mail",
            f"The mail's {' and '.join(missing)} has no link to unsubscribe, which the law and the "
            "mailbox providers want. Put `unsubscribe_url` back into the template's footer.",
        )


def _view_link(issue: IssueRendering) -> Iterator[Finding]:
    shown = web_address(issue.view_url)
    found = bool(shown) and shown in unescape(issue.rendering.html)
    if not found:
        yield Finding(
            "no-view-link",
            Level.HINT,
            "mail",
            "The mail has no link to its own page, for whom it does not look right. Put `view_url` "
            "back into the template.",
        )


def _domains(issue: IssueRendering) -> Iterator[Finding]:
    domain, site = _domain(issue.sender.address), urlsplit(issue.site_url).hostname or ""
    of_others = domain in FREE_MAIL or is_inner_host(site) or is_inner_host(domain)
    if not of_others and not belong_together(domain, site):
        yield _of_publication(
            "sender-domain-differs",
            Level.HINT,
            issue,
            f"The mail is from {domain}, and its links lead to {site}. Readers and spam filters "
            "trust more where both are of one domain.",
        )


def _of_publication(code: str, level: Level, issue: IssueRendering, sentence: str) -> Finding:
    return Finding(code, level, "publication", sentence, issue.publication_fix)


def _placeholder_level(issue: IssueRendering) -> Level:
    """What is not set up yet is harmless in the outbox; at a real transport it stops the mail."""
    return Level.BLOCKER if issue.really_sent else Level.WARNING


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").lower()


CHECKS = (
    _postal_address,
    _example_sender,
    _site,
    _free_mail,
    _no_reply,
    _sender_name,
    _unsubscribe_link,
    _view_link,
    _domains,
)
