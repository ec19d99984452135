"""The hosts behind the names: who takes answers and bounces (MX), by which name the relay's
address is known (PTR), and which account of SendGrid a return path leads to."""

from __future__ import annotations

from collections.abc import Iterator

from delivery.sending_domain.names import Names
from delivery.sending_domain.spf import SENDGRID
from delivery.sending_domain.verdicts import Verdict, good, unsure, wrong


def look_at_answers(names: Names, subject: str, domain: str) -> Verdict:
    """Whether mail to a domain arrives: answers of readers, or bounces.

    Outlook.com wants an address that takes answers.
    """
    hosts = names.mail_hosts(domain)
    if "" in hosts:
        return wrong(
            subject,
            f"{domain} says that it takes no mail (a null MX, RFC 7505).",
            f"Make an MX record for {domain} with the host that takes it, or use another address.",
        )
    if not hosts:
        if names.addresses(domain):
            return unsure(
                subject,
                f"{domain} has no MX record; mail goes to the host of that name itself.",
                "If that host takes mail, it is well; else make an MX record.",
            )
        return wrong(
            subject,
            f"{domain} has no host that takes mail.",
            f"Make an MX record for {domain}, or use an address that takes answers.",
        )
    lost = [host for host in hosts if not names.addresses(host)]
    if len(lost) == len(hosts):
        return wrong(
            subject,
            f"Mail to {domain} shall go to {' and '.join(lost)}, which has no address.",
            f"Mend the MX record of {domain}, or make an A record for that host.",
        )
    return good(subject, f"Mail to {domain} goes to {', '.join(hosts)}.")


def look_at_return_path(names: Names, domain: str, host: str) -> Verdict:
    """Whether SendGrid's return path is a name of the sending domain's own.

    Args:
        host: its host, like `em1234.example.org`; empty if nobody said it. It can't be asked
            for: SendGrid makes up the number.
    """
    subject = "Return path"
    if not host:
        return unsure(
            subject,
            f"SendGrid's return path for {domain} has a number that can't be found by asking.",
            "In SendGrid, open Settings › Sender Authentication, and name the host that begins "
            "with “em” with --return-path.",
        )
    target = names.alias(host)
    if target == SENDGRID or target.endswith(f".{SENDGRID}"):
        return good(subject, f"{host} leads to {target}.")
    if not target and any(one.endswith(f".{SENDGRID}") for one in names.mail_hosts(host)):
        return good(subject, f"{host} has SendGrid for its MX (without automated security).")
    return wrong(
        subject,
        f"{host} leads to {target}." if target else f"{host} does not exist.",
        "Make the CNAME record that SendGrid shows under Settings › Sender Authentication.",
    )


def look_at_relay(names: Names, addresses: list[str]) -> Iterator[Verdict]:
    """Whether each public address of the relay has a name that leads back to it.

    Gmail and Yahoo refuse mail from others (https://support.google.com/a/answer/81126).
    """
    if not addresses:
        yield unsure(
            "PTR",
            "The public address from which the relay sends is not known.",
            "Name it with --sends-from.",
        )
    for address in addresses:
        found = names.names_of(address)
        back = [name for name in found if address in names.addresses(name)]
        if back:
            yield good("PTR", f"{address} is {back[0]}, which leads back to it.")
        elif found:
            yield wrong(
                "PTR",
                f"{address} is {found[0]}, but that name does not lead back to it.",
                f"Make an A or AAAA record for {found[0]} with {address}, or have the PTR record "
                "changed.",
            )
        else:
            yield wrong(
                "PTR",
                f"{address} has no name.",
                "Ask whoever gives you the address to set its PTR record to the relay's name, "
                "which has to lead back to it.",
            )
