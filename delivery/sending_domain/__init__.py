"""What DNS says of the domain that a publication is sent from, against what Gmail, Yahoo and
Outlook.com require of mail to many: SPF, DKIM, DMARC, the return path, MX and PTR.

Sources: https://support.google.com/a/answer/81126 (Gmail), https://senders.yahooinc.com/best-practices/
(Yahoo), and `issues.preflight.headers` for Outlook.com and what the mail itself must have.
"""

from __future__ import annotations

from dataclasses import dataclass

from delivery.sending_domain import dkim, dmarc, spf
from delivery.sending_domain.hosts import look_at_answers, look_at_relay, look_at_return_path
from delivery.sending_domain.names import Names, is_address
from delivery.sending_domain.verdicts import State, Verdict
from issues.preflight.hosts import is_public_address

__all__ = ["Names", "Sending", "State", "Verdict", "examine"]


@dataclass(frozen=True, slots=True)
class Sending:
    """How a publication's mail leaves.

    Args:
        sender: the address in From.
        reply_to: where answers go; empty: to the sender.
        sendgrid: whether SendGrid sends, and not a relay of our own.
        return_path: with a relay the address that takes bounces (empty: the sender); with
            SendGrid the host that it uses for them, like `em1234.example.org`, or empty.
        selectors: those of DKIM; empty for SendGrid's own.
        relay: the relay's name or address.
        sends_from: the relay's public addresses, where they are others than those of its name.
    """

    sender: str
    reply_to: str = ""
    sendgrid: bool = True
    return_path: str = ""
    selectors: tuple[str, ...] = ()
    relay: str = ""
    sends_from: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The domain in From."""
        return _domain(self.sender)

    @property
    def bounces_to(self) -> str:
        """The return path's domain, whose SPF record counts; empty if it is not known."""
        given = _domain(self.return_path)
        return given if self.sendgrid else given or self.domain


def examine(names: Names, sending: Sending) -> list[Verdict]:
    """What DNS says, a verdict for each thing, in the order of SPF, DKIM, DMARC and the hosts.

    Raises:
        DeliveryError: if no server of names answers, or none can say.
    """
    selectors = sending.selectors or (dkim.SENDGRID_SELECTORS if sending.sendgrid else ())
    relays = [] if sending.sendgrid else _public_addresses(names, sending)
    domain, bounces_to = sending.domain, sending.bounces_to
    verdicts = [
        *spf.look_at(names, bounces_to or domain, sendgrid=sending.sendgrid, relays=relays),
        *dkim.look_at(names, domain, selectors, sendgrid=sending.sendgrid),
        *dmarc.look_at(
            names,
            domain,
            return_path=bounces_to,
            signing=dkim.signing_domain(names, domain, selectors) if selectors else None,
        ),
    ]
    if sending.sendgrid:
        verdicts.append(look_at_return_path(names, domain, bounces_to))
    elif bounces_to != domain:
        verdicts.append(look_at_answers(names, "Return path", bounces_to))
    answers_to = _domain(sending.reply_to) or domain
    verdicts.append(look_at_answers(names, "Answers", answers_to))
    if not sending.sendgrid:
        verdicts += look_at_relay(names, relays)
    return verdicts


def _public_addresses(names: Names, sending: Sending) -> list[str]:
    known = sending.sends_from or (
        [sending.relay] if is_address(sending.relay) else names.addresses(sending.relay)
    )
    return [address for address in known if is_public_address(address)]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").lower()
