"""DMARC (RFC 7489): whether the domain in From says what to do with mail that others sent in its
name, where reports go, and whether our own mail passes.

It passes if the return path's domain (SPF) or the signature's (DKIM) belongs to From's. Gmail,
Yahoo and Outlook.com refuse mail to many without a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from delivery.sending_domain.names import Names, parents
from delivery.sending_domain.verdicts import Verdict, good, unsure, wrong
from issues.preflight.hosts import belong_together, registrable_domain

POLICIES = ("none", "quarantine", "reject")
_SIZE = re.compile(r"!\d+[kmgt]?$", re.IGNORECASE)


def look_at(
    names: Names, domain: str, *, return_path: str, signing: str | None
) -> Iterator[Verdict]:
    """The verdicts on the record, on its reports, and on the alignment of our own mail.

    Args:
        domain: that of the address in From.
        return_path: the domain of the return path; empty if it is not known.
        signing: the domain above or at `domain` that has a key (DKIM); empty if none has, None
            if nobody knows where keys are to be looked for.
    """
    place, found = record_of(names, domain)
    if not found:
        registered = registrable_domain(domain)
        yield wrong(
            "DMARC",
            f"{domain} has no DMARC record, and neither has a domain above it.",
            f"Make a TXT record _dmarc.{registered}: v=DMARC1; p=none; "
            f"rua=mailto:dmarc@{registered} – and read the reports for a while before you write "
            "p=quarantine.",
        )
        return
    if len(found) > 1:
        yield wrong(
            "DMARC",
            f"_dmarc.{place} has {len(found)} DMARC records, so receivers take none of them.",
            "Delete all but one.",
        )
        return
    tags = _tags(found[0])
    yield _policy(place, found[0], tags, inherited=place != domain)
    yield from _reports(names, place, tags)
    yield _alignment(domain, tags, return_path=return_path, signing=signing)


def record_of(names: Names, domain: str) -> tuple[str, list[str]]:
    """The domain at or above this one that has DMARC records, and these records.

    Walks up name by name, as DMARC's second version does; RFC 7489 asks only the domain and the
    one that its owner registered, which finds the same wherever there is a record at one of them.
    """
    for place in parents(domain):
        texts = names.texts(f"_dmarc.{place}")
        if found := [text for text in texts if _is_record(text)]:
            return place, found
    return "", []


def _is_record(text: str) -> bool:
    name, _, value = text.partition(";")[0].partition("=")
    return name.strip().lower() == "v" and value.strip() == "DMARC1"


def _policy(place: str, text: str, tags: dict[str, str], *, inherited: bool) -> Verdict:
    policy = (tags.get("sp") if inherited else None) or tags.get("p", "")
    if policy.lower() not in POLICIES or "p" not in tags:
        return wrong(
            "DMARC",
            f"_dmarc.{place} has “{text}”, which names no policy.",
            "Write p=none, p=quarantine or p=reject directly after v=DMARC1.",
        )
    return good("DMARC", f"_dmarc.{place} has the policy {policy.lower()}.")


def _reports(names: Names, place: str, tags: dict[str, str]) -> Iterator[Verdict]:
    subject = "DMARC reports"
    wanted = [_SIZE.sub("", part.strip()) for part in tags.get("rua", "").split(",")]
    addresses = [one[len("mailto:") :] for one in wanted if one.lower().startswith("mailto:")]
    domains = [one.rpartition("@")[2].lower() for one in addresses if "@" in one]
    if not domains:
        yield unsure(
            subject,
            f"_dmarc.{place} names no address for reports, so nobody hears of mail that fails.",
            f"Add rua=mailto:dmarc@{place} with a mailbox that exists.",
        )
        return
    for domain in dict.fromkeys(domains):
        if belong_together(domain, place):
            continue
        permit = f"{place}._report._dmarc.{domain}"
        if not any(_is_record(text) for text in names.texts(permit)):
            yield unsure(
                subject,
                f"Reports shall go to {domain}, which does not say that it takes them.",
                f"Whoever keeps {domain} makes a TXT record {permit}: v=DMARC1",
            )
            return
    yield good(subject, f"Reports go to {' and '.join(dict.fromkeys(domains))}.")


def _alignment(
    domain: str, tags: dict[str, str], *, return_path: str, signing: str | None
) -> Verdict:
    subject = "Alignment"
    by_dkim = signing and _aligned(domain, signing, tags.get("adkim", "r"))
    by_spf = bool(return_path) and _aligned(domain, return_path, tags.get("aspf", "r"))
    if by_dkim and by_spf:
        return good(
            subject,
            f"From ({domain}) belongs to the signature's domain ({signing}) and to the return "
            f"path's ({return_path}).",
        )
    if by_dkim:
        return good(subject, f"From ({domain}) belongs to the signature's domain ({signing}).")
    if by_spf:
        return unsure(
            subject,
            f"From ({domain}) belongs to the return path's domain ({return_path}), but no "
            "signature's was found.",
            "Sign with DKIM too: SPF alone does not hold where a mail is forwarded.",
        )
    if signing is None:
        return unsure(
            subject,
            f"From ({domain}) does not belong to the return path's domain ({return_path}), and by "
            "which selector mails are signed is not known.",
            "Name the selector with --selector: DMARC then rests on the signature alone.",
        )
    return wrong(
        subject,
        f"From ({domain}) belongs neither to a signature's domain nor to the return path's, so "
        "DMARC fails.",
        f"Have mails signed (DKIM) with d={domain}, or set the return path to an address there.",
    )


def _aligned(domain: str, other: str, mode: str) -> bool:
    return domain == other if mode.lower() == "s" else belong_together(domain, other)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
