"""The header List-Unsubscribe: the link, and a mail that is written with one press."""

from email.parser import Parser
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.freezing import start_alert_mailing
from delivery.messages import message_of, rehearsed
from delivery.transports.ways_out import ways_out
from rendering.content import Rendering
from subscribers.inbound.reading import read_mail
from subscribers.inbound.wishes import Wish, wish_of
from subscribers.links import unsubscribe_url
from tests.subscribers.inbound.mails import mail

LEAVE = "leave@news.example.org"


def test_without_an_address_there_is_the_link_alone():
    assert ways_out("")(unsubscribe_url(7)) == f"<{unsubscribe_url(7)}>"


def test_the_link_comes_first_and_the_mail_says_what_the_link_is_signed_for():
    url = unsubscribe_url(7)
    token = url.rstrip("/").rpartition("/")[2]
    assert ways_out(LEAVE)(url) == (
        f"<{url}>, <mailto:leave@news.example.org?subject=unsubscribe%20{token}>"
    )


def written_by_a_mail_program(header):
    """The mail that a program writes which takes the header's second way."""
    link, by_mail = (way.strip().removeprefix("<").removesuffix(">") for way in header.split(","))
    assert link.startswith("http")
    parts = urlsplit(by_mail)
    assert parts.scheme == "mailto"
    (subject,) = parse_qs(parts.query)["subject"]
    return unquote(parts.path), subject


@given(subscription=st.integers(1, 2**63 - 1))
def test_what_a_mail_program_makes_of_it_is_understood(subscription):
    to, subject = written_by_a_mail_program(ways_out(LEAVE)(unsubscribe_url(subscription)))
    assert to == LEAVE
    for machine in (False, True):
        found = wish_of(read_mail(mail(subject)), [], automatic=machine)
        assert (found.wish, found.subscription) == (Wish.LEAVE, subscription)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("leave+news@example.org", "leave%2Bnews@example.org"),
        ("a&b?c%d,e(f)@example.org", "a%26b%3Fc%25d%2Ce%28f%29@example.org"),
        ("leave@bücher.example", "leave@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_so_that_nothing_of_it_ends_the_link(address, written):
    header = ways_out(address)(unsubscribe_url(7))
    assert f"<mailto:{written}?subject=" in header
    assert header.count("<") == header.count(">") == 2
    assert header.count(",") == 1


def test_a_folded_header_says_the_same():
    folded = ways_out(LEAVE, ",\n ")(unsubscribe_url(7))
    parsed = Parser().parsestr(f"List-Unsubscribe: {folded}\nTo: a\n\n")
    assert parsed["List-Unsubscribe"].replace("\n", "") == ways_out(LEAVE)(unsubscribe_url(7))


@pytest.mark.django_db
def test_mailings_and_rehearsals_take_the_newsrooms_address(
    alert, alerts, readers, pigeon, settings
):
    readers(1)
    settings.INBOUND_ADDRESS = LEAVE
    mailing = start_alert_mailing(*alert, pigeon())
    assert message_of(mailing).leave_address == LEAVE
    words = Rendering(subject="A", html="<p>B</p>", text="B", sha256="")
    assert rehearsed(alerts, words, mailing.frozen_at).leave_address == LEAVE
    settings.INBOUND_ADDRESS = ""
    assert message_of(mailing).leave_address == ""
