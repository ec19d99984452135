"""SMTP: what a relay is told, and what each of its answers, or none, means for a copy."""

import email
import email.policy
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.errors import DeliveryError
from delivery.transports import (
    Addressee,
    Barred,
    Message,
    Notice,
    NotLeft,
    Refused,
    Taken,
    Unanswered,
)
from delivery.transports.opening import open_transport
from delivery.transports.return_path import recipient_of
from delivery.transports.smtp import SMTP
from delivery.transports.smtp_relay import Relay
from rendering.marks import personalise
from tests.delivery.conftest import HTML, TEXT
from tests.standins.certificates import self_signed
from tests.standins.smtp import Sink

DAY = datetime(2025, 6, 29, 8, tzinfo=UTC)
STRICT = email.policy.strict.clone(raise_on_defect=True)
MESSAGE = Message(
    mailing_id=12,
    mailing_key="c0ffee",
    subject="TWTW #317: Malí – what next?",
    html=HTML,
    text=TEXT,
    sender_name="The World This Week",
    sender_address="weekly@example.org",
    reply_to="editors@example.org",
    list_id="The World This Week <twtw.example.org>",
    feedback_id="12:twtw:example.org",
    date=DAY,
    category="twtw",
)
# More than two sockets' buffers hold: it can't be sent without being read.
LARGE = replace(MESSAGE, text=TEXT + "All of this has to be read.\n" * 300_000)


def addressee(number=1, *, address=None, name="Anna Müller"):
    return Addressee(
        recipient_id=number,
        chunk_number=number,
        address=address or f"reader{number}@example.org",
        name=name,
        unsubscribe_url=f"https://example.org/unsubscribe/{number}/",
        preferences_url=f"https://example.org/preferences/{number}/",
    )


@pytest.fixture
def sink():
    with Sink() as server:
        yield server


@pytest.fixture
def send_by():
    """Opens a transport to a sink; it is closed at the end."""
    opened = []

    def make(sink, *, host="127.0.0.1", security="none", user="", password="", **others):
        relay = Relay(
            host=host,
            port=sink.port,
            security=security,
            user=user,
            password=password,
            timeout=others.pop("timeout", 20),
        )
        opened.append(SMTP(relay, **others))
        return opened[-1]

    yield make
    for transport in opened:
        transport.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def _trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_copy_arrives_with_all_that_a_bulk_mail_must_have_and_no_defect(sink, send_by):
    answer = send_by(sink).hand_over(MESSAGE, [addressee(7)])
    assert answer == Taken("2.0.0 Ok: queued as 1")
    ((recipient, sender, content),) = sink.taken
    assert (recipient, sender) == ("reader7@example.org", "weekly@example.org")
    mail = email.message_from_bytes(content, policy=STRICT)
    assert mail["From"] == "The World This Week <weekly@example.org>"
    assert mail["To"].addresses[0].display_name == "Anna Müller"
    assert mail["To"].addresses[0].addr_spec == "reader7@example.org"
    assert mail["Reply-To"] == "editors@example.org"
    assert mail["Subject"] == MESSAGE.subject
    assert parsedate_to_datetime(mail["Date"]) == DAY
    assert mail["Message-ID"] == "<20250629080000.c0ffee.r7.twtw@example.org>"
    assert mail["List-Id"] == MESSAGE.list_id
    assert mail["List-Unsubscribe"] == "<https://example.org/unsubscribe/7/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Feedback-ID"] == MESSAGE.feedback_id
    text, html = (part.get_content() for part in mail.iter_parts())
    assert text.replace("\r\n", "\n") == personalise(TEXT, addressee(7).values)
    assert html.replace("\r\n", "\n") == personalise(HTML, addressee(7).values)


@pytest.fixture(scope="module")
def one_for_all():
    """For the many examples of one test: the sink and a transport."""
    with Sink() as sink:
        relay = Relay(
            host="127.0.0.1", port=sink.port, security="none", user="", password="", timeout=20
        )
        with closing(SMTP(relay)) as transport:
            yield sink, transport


@settings(max_examples=60, deadline=None)
@given(
    text=st.lists(
        st.text(st.characters(codec="utf-8"), max_size=90) | st.sampled_from([".", "..", ". .", ""])
    ).map("\n".join)
)
def test_no_words_end_a_message_early_or_arrive_as_others(one_for_all, text):
    sink, transport = one_for_all
    assert isinstance(transport.hand_over(replace(MESSAGE, text=text), [addressee()]), Taken)
    mail = email.message_from_bytes(sink.taken[-1].content, policy=STRICT)
    arrived = mail.get_body(("plain",)).get_payload(decode=True).decode()
    assert arrived.replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert not sink.complaints


def test_many_copies_go_over_one_connection_which_ends_with_a_goodbye(sink, send_by):
    transport = send_by(sink)
    for number in range(20):
        assert isinstance(transport.hand_over(MESSAGE, [addressee(number)]), Taken)
    transport.close()
    assert (sink.connections, sink.goodbyes, sink.complaints) == (1, 1, [])
    assert isinstance(transport.hand_over(MESSAGE, [addressee()]), Taken), "it opens again"


def test_threads_share_connections_and_never_one_at_the_same_time(sink, send_by):
    transport = send_by(sink)
    everybody = [addressee(number) for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: transport.hand_over(MESSAGE, [one]), everybody))
    assert Counter(map(type, answers)) == {Taken: 200}
    assert sink.copies() == {one.address: 1 for one in everybody}
    assert sink.connections <= 4
    assert not sink.complaints


@pytest.mark.parametrize("last_words", [b"", b"421 4.7.0 Enough for one connection\r\n"])
def test_a_relay_that_ends_the_connection_after_so_many_mails_is_no_failure(send_by, last_words):
    with Sink(close_after=3, last_words=last_words) as sink:
        transport = send_by(sink)
        answers = [transport.hand_over(MESSAGE, [addressee(number)]) for number in range(10)]
        assert Counter(map(type, answers)) == {Taken: 10}
        assert set(sink.copies().values()) == {1}
        assert sink.connections == 4


@pytest.mark.parametrize("fault", ["drop", "close", "421", "4xx", "garbage", "odd"])
def test_whatever_a_kept_connection_has_become_a_new_one_takes_the_mail(sink, send_by, fault):
    transport = send_by(sink)
    transport.hand_over(MESSAGE, [addressee(1)])
    sink.orders.give("MAIL", fault)
    assert isinstance(transport.hand_over(MESSAGE, [addressee(2)]), Taken)
    assert sink.connections == 2
    assert set(sink.copies().values()) == {1}


# By stage and fault: the meaning, and how many copies there are.
BEFORE = ("drop", "close", "421", "4xx", "garbage", "odd", "twice")
MEANINGS = [
    *((s, fault, NotLeft, 0) for s in ("connect", "EHLO", "MAIL", "RCPT") for fault in BEFORE),
    *(("DATA", fault, NotLeft, 0) for fault in BEFORE),
    ("connect", "hang", NotLeft, 0),
    ("EHLO", "trickle", NotLeft, 0),
    ("DATA", "hang", NotLeft, 0),
    ("connect", "5xx", NotLeft, 0),
    ("EHLO", "5xx", NotLeft, 0),
    ("MAIL", "5xx", Barred, 0),
    ("RCPT", "5xx", Refused, 0),
    ("DATA", "5xx", Refused, 0),
    ("the dot", "421", NotLeft, 0),
    ("the dot", "4xx", NotLeft, 0),
    ("the dot", "5xx", Refused, 0),
    *(("the dot", fault, Unanswered, 0) for fault in ("drop", "close", "garbage", "odd", "hang")),
    *(("kept", fault, Unanswered, 1) for fault in ("drop", "close", "garbage", "odd", "trickle")),
    ("kept", "twice", Taken, 1),
]


@pytest.mark.parametrize(("stage", "fault", "meaning", "copies"), MEANINGS)
def test_a_fault_is_told_as_what_is_known_of_it(sink, send_by, stage, fault, meaning, copies):
    # Only who says nothing more is waited for so short a time.
    transport = send_by(sink, timeout=0.3 if fault in {"hang", "trickle"} else 20)
    sink.orders.give(stage, fault)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, meaning), answer
    assert sink.copies().total() == copies
    assert "reader1" not in str(answer)
    assert "@" not in str(answer)


@pytest.mark.parametrize("fault", ["drop", "close", "421", "4xx"])
def test_a_connection_lost_in_the_middle_of_a_message_leaves_no_doubt(sink, send_by, fault):
    sink.orders.give("content", fault)
    answer = send_by(sink).hand_over(LARGE, [addressee()])
    assert isinstance(answer, NotLeft), answer
    assert not sink.taken


def test_who_reads_no_further_in_the_middle_of_a_message_is_not_waited_for(sink, send_by):
    sink.orders.give("content", "hang")
    answer = send_by(sink, timeout=0.2).hand_over(LARGE, [addressee()])
    assert answer == NotLeft("The relay did not get the whole message: no answer came in time.")


def test_one_refused_recipient_is_no_matter_of_the_next_on_the_same_connection(send_by):
    with Sink(refused=frozenset({"reader1@example.org"})) as sink:
        transport = send_by(sink)
        refused, taken = (transport.hand_over(MESSAGE, [addressee(n)]) for n in (1, 2))
        assert isinstance(taken, Taken)
        assert refused == Refused(
            "The relay answered 550 5.1.1 <[address]>: Recipient address rejected: User unknown "
            "to RCPT TO.",
            blamed=frozenset({1}),
        )
        assert (sink.connections, sink.complaints) == (1, [])


def test_a_refusal_that_may_be_about_the_newsroom_is_not_blamed_on_the_recipient(sink, send_by):
    sink.orders.give("RCPT", "5xx")
    answer = send_by(sink).hand_over(MESSAGE, [addressee()])
    assert answer == Refused("The relay answered 554 5.7.1 <[address]>: Never to RCPT TO.")


def test_a_sender_that_the_relay_does_not_take_bars_everybody(sink, send_by):
    sink.orders.give("MAIL", "5xx")
    answer = send_by(sink).hand_over(MESSAGE, [addressee()])
    assert answer == Barred(
        "The relay answered 554 5.7.1 Never to MAIL FROM. Have it take mail from the publication's "
        "sender, or check TWTW_SMTP_USER."
    )


def test_a_copy_that_is_larger_than_the_relay_takes_bars_everybody_and_is_not_sent(send_by):
    with Sink(size=1000) as sink:
        answer = send_by(sink).hand_over(MESSAGE, [addressee()])
        assert isinstance(answer, Barred)
        assert "1,000 at most" in answer.reason


@pytest.mark.parametrize(("smtputf8", "meaning"), [(True, Taken), (False, Refused)])
def test_letters_before_the_at_need_a_relay_that_takes_them(send_by, smtputf8, meaning):
    with Sink(smtputf8=smtputf8) as sink:
        answer = send_by(sink).hand_over(MESSAGE, [addressee(address="jörg@bücher.example")])
        assert isinstance(answer, meaning), answer
        assert not sink.complaints


def test_a_domain_in_another_script_goes_by_its_ascii_form(sink, send_by):
    send_by(sink).hand_over(MESSAGE, [addressee(address="anna@bücher.example")])
    assert sink.copies() == {"anna@xn--bcher-kva.example": 1}


@pytest.mark.parametrize("address", ["a@b>\r\nRCPT TO:<c@d", "a b@c", "a@b\n", "", "anna"])
def test_what_is_no_address_is_refused_and_never_a_command(sink, send_by, address):
    copy = addressee()._replace(address=address)
    answer = send_by(sink).hand_over(MESSAGE, [copy])
    assert isinstance(answer, Refused)
    assert answer.blamed == {1}
    assert sink.connections == 0


def test_with_a_return_path_each_copy_has_one_that_names_its_recipient(sink, send_by):
    transport = send_by(sink, return_path="bounces@example.org")
    transport.hand_over(MESSAGE, [addressee(7)])
    (copy,) = sink.taken
    assert recipient_of(copy.sender) == 7
    assert copy.sender.endswith("@example.org")
    assert "reader7" not in copy.sender


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN"])
def test_it_is_encrypted_and_says_who_it_is(send_by, certificate, security, mechanisms):
    with Sink(
        certificate=certificate,
        tls_at_once=security == "tls",
        users={"weekly": "correct horse"},
        mechanisms=mechanisms,
    ) as sink:
        transport = send_by(
            sink, host="localhost", security=security, user="weekly", password="correct horse"
        )
        for number in range(3):
            assert isinstance(transport.hand_over(MESSAGE, [addressee(number)]), Taken)
        transport.close()
        assert (sink.connections, sink.goodbyes, sink.complaints) == (1, 1, [])


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(
    ("stage", "fault", "meaning"),
    [
        ("STARTTLS", "drop", NotLeft),
        ("STARTTLS", "4xx", NotLeft),
        ("STARTTLS", "twice", NotLeft),
        ("STARTTLS", "hang", NotLeft),
        ("AUTH", "drop", NotLeft),
        ("AUTH", "4xx", NotLeft),
        ("AUTH", "garbage", NotLeft),
        ("AUTH", "5xx", Barred),
        ("content", "drop", NotLeft),
        ("the dot", "drop", Unanswered),
        ("kept", "close", Unanswered),
    ],
)
def test_a_fault_under_tls_is_told_as_what_is_known_of_it(
    send_by, certificate, stage, fault, meaning
):
    users = {"weekly": "secret"}
    with Sink(certificate=certificate, users=users, mechanisms="PLAIN") as sink:
        transport = send_by(
            sink,
            security="starttls",
            user="weekly",
            password="secret",
            timeout=0.3 if fault == "hang" else 20,
        )
        sink.orders.give(stage, fault)
        message = LARGE if stage == "content" else MESSAGE
        answer = transport.hand_over(message, [addressee()])
        assert isinstance(answer, meaning), answer
        assert "@" not in str(answer)


@pytest.mark.usefixtures("_trusted")
def test_a_wrong_password_bars_everybody_and_is_not_repeated(send_by, certificate):
    with Sink(certificate=certificate, users={"weekly@example.org": "secret"}) as sink:
        transport = send_by(
            sink, security="starttls", user="weekly@example.org", password="wrong-one"
        )
        answer = transport.hand_over(MESSAGE, [addressee()])
    assert answer == Barred(
        f"The relay 127.0.0.1:{sink.port} did not accept TWTW_SMTP_USER and TWTW_SMTP_PASSWORD: it "
        "answered 535 5.7.8 Error: <[address]> is not known. Mend them."
    )


@pytest.mark.usefixtures("_trusted")
def test_a_relay_that_lacks_what_is_wanted_bars_everybody(send_by, certificate):
    with Sink() as sink:
        answer = send_by(sink, security="starttls").hand_over(MESSAGE, [addressee()])
        assert isinstance(answer, Barred)
        assert "offers no STARTTLS" in answer.reason
    for mechanisms in ("", "GSSAPI"):
        with Sink(
            certificate=certificate, users={"weekly": "secret"}, mechanisms=mechanisms
        ) as sink:
            transport = send_by(sink, security="starttls", user="weekly", password="secret")
            answer = transport.hand_over(MESSAGE, [addressee()])
            assert isinstance(answer, Barred)
            assert "offers no authentication" in answer.reason


def test_a_certificate_that_nobody_vouches_for_bars_everybody(send_by, certificate):
    with Sink(certificate=certificate) as sink:
        answer = send_by(sink, security="starttls").hand_over(MESSAGE, [addressee()])
        assert isinstance(answer, Barred)
        assert "can't be trusted: self-signed certificate" in answer.reason
        assert not sink.taken


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_for_another_name_bars_everybody(send_by, tmp_path, monkeypatch, at_once):
    other = self_signed(tmp_path, "mail.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with Sink(certificate=other, tls_at_once=at_once) as sink:
        transport = send_by(sink, security="tls" if at_once else "starttls")
        answer = transport.hand_over(MESSAGE, [addressee()])
        assert isinstance(answer, Barred)
        assert "TWTW_SMTP_HOST" in answer.reason


def test_tls_at_a_port_that_begins_in_clear_names_the_two_settings(sink, send_by):
    answer = send_by(sink, security="tls").hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, NotLeft)
    assert "TWTW_SMTP_SECURITY and TWTW_SMTP_PORT" in answer.reason


def test_a_relay_that_is_not_there_was_never_reached():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    relay = Relay(host="127.0.0.1", port=port, security="none", user="", password="", timeout=5)
    answer = SMTP(relay).hand_over(MESSAGE, [addressee()])
    assert answer == NotLeft(f"The relay 127.0.0.1:{port} can't be reached: Connection refused.")


def test_a_name_that_nobody_knows_was_never_reached():
    relay = Relay(host="relay.invalid", port=25, security="none", user="", password="", timeout=5)
    assert isinstance(SMTP(relay).hand_over(MESSAGE, [addressee()]), NotLeft)


def test_a_notice_is_told_to_each_editor_alone(sink, send_by):
    notice = Notice("The Weekly", "weekly@example.org", "Prepared", "<p>Look</p>", "Look\n", DAY)
    assert send_by(sink).tell(notice, ["a@example.org", "b@example.org"]) == Taken()
    assert sink.copies() == {"a@example.org": 1, "b@example.org": 1}
    mails = [email.message_from_bytes(copy.content, policy=STRICT) for copy in sink.taken]
    assert [mail["To"] for mail in mails] == ["a@example.org", "b@example.org"]
    assert {mail["Auto-Submitted"] for mail in mails} == {"auto-generated"}
    assert len({mail["Message-ID"] for mail in mails}) == 2
    assert all("List-Unsubscribe" not in mail for mail in mails)


def test_an_editor_who_is_refused_keeps_nobody_else_from_being_told(send_by):
    notice = Notice("The Weekly", "weekly@example.org", "Prepared", "<p>Look</p>", "Look\n", DAY)
    with Sink(refused=frozenset({"a@example.org"})) as sink:
        answer = send_by(sink).tell(notice, ["a@example.org", "b@example.org"])
        assert isinstance(answer, Refused)
        assert sink.copies() == {"b@example.org": 1}


def test_the_settings_open_it(settings, sink):
    settings.DELIVERY_TRANSPORT, settings.SMTP_SECURITY = "smtp", "none"
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", sink.port
    with closing(open_transport()) as transport:
        assert isinstance(transport.hand_over(MESSAGE, [addressee()]), Taken)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SMTP_HOST": ""}, "TWTW_SMTP_HOST is empty"),
        ({"SMTP_HOST": "mail.example.org:587"}, "TWTW_SMTP_HOST is 'mail.example.org:587'"),
        ({"SMTP_HOST": "mail..org"}, "TWTW_SMTP_HOST is 'mail..org'"),
        ({"SMTP_PASSWORD": ""}, "only one is set"),
        ({"SMTP_USER": ""}, "only one is set"),
        ({"SMTP_PASSWORD": "naïve"}, "letters, digits and signs of ASCII"),
        ({"SMTP_SECURITY": "none"}, "everybody on the way could read the password"),
        ({"SMTP_RETURN_PATH": f"{'b' * 40}@example.org"}, "TWTW_SMTP_RETURN_PATH may have"),
    ],
)
def test_what_can_not_work_is_said_in_a_sentence(settings, changes, sentence):
    ours = {"SMTP_HOST": "mail.example.org", "SMTP_USER": "weekly", "SMTP_PASSWORD": "correct"}
    for name, value in (ours | changes).items():
        setattr(settings, name, value)
    with pytest.raises(DeliveryError, match=sentence) as caught:
        open_transport("smtp")
    assert "correct" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_on_this_machine_a_password_may_go_in_clear(host):
    Relay(host=host, port=None, security="none", user="weekly", password="secret", timeout=5)


def test_a_copy_can_be_left_by_mail_where_readers_may_write(sink, send_by):
    message = replace(MESSAGE, leave_address="leave@example.org")
    send_by(sink).hand_over(message, [addressee(7)])
    mail = email.message_from_bytes(sink.taken[0].content, policy=STRICT)
    assert mail["List-Unsubscribe"] == (
        "<https://example.org/unsubscribe/7/>, <mailto:leave@example.org?subject=unsubscribe%207>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letters_before_the_at_arrive_as_they_are_and_only_there_they_are_announced(send_by):
    with Sink(smtputf8=True) as sink:
        transport = send_by(sink)
        transport.hand_over(MESSAGE, [addressee(address="jörg@bücher.example", name="Jörg")])
        transport.hand_over(MESSAGE, [addressee(2)])
        first, second = sink.taken
        assert first.recipient == "jörg@xn--bcher-kva.example"
        assert second.content.isascii()
        utf8 = email.policy.SMTPUTF8.clone(raise_on_defect=True)
        mail = email.message_from_string(first.content.decode(), policy=utf8)
        assert mail["To"].addresses[0].addr_spec == "jörg@xn--bcher-kva.example"
        assert mail["To"].addresses[0].display_name == "Jörg"
        assert not sink.complaints


def test_a_relay_that_takes_no_such_letters_refuses_that_reader_alone(sink, send_by):
    transport = send_by(sink)
    refused = transport.hand_over(MESSAGE, [addressee(1, address="jörg@example.org")])
    assert refused == Refused(
        "The relay takes no address with letters before the @ that ASCII has not.",
        blamed=frozenset({1}),
    )
    assert isinstance(transport.hand_over(MESSAGE, [addressee(2)]), Taken)
    assert (sink.connections, sink.complaints) == (1, [])


def test_a_sender_with_such_letters_bars_everybody_and_blames_nobody(sink, send_by):
    message = replace(MESSAGE, sender_address="jörg@example.org")
    answer = send_by(sink).hand_over(message, [addressee()])
    assert isinstance(answer, Barred)
    assert "correct it at the desk" in answer.reason
