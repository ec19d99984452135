"""The outbox: standards-clean mails in a Maildir, one a reader, however often they are written."""

import email
import email.policy
import mailbox
import resource
from contextlib import contextmanager
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.transports import Addressee, Message, Notice, NotLeft, Taken
from delivery.transports.outbox import Outbox
from rendering.marks import Mark, personalise
from tests.delivery.conftest import HTML, TEXT

DAY = datetime(2025, 6, 29, 8, tzinfo=UTC)
STRICT = email.policy.strict.clone(raise_on_defect=True)


def message(**changes):
    values = {
        "mailing_id": 12,
        "mailing_key": "c0ffee",
        "subject": "TWTW #317: Malí – what next?",
        "html": HTML,
        "text": TEXT,
        "sender_name": "The World, This Week",
        "sender_address": "weekly@example.org",
        "reply_to": "editors@example.org",
        "list_id": "The World This Week <twtw.example.org>",
        "feedback_id": "12:twtw:example.org",
        "date": DAY,
        "category": "twtw",
    }
    return Message(**(values | changes))


def addressee(number=345, *, name="Anna Müller", address="anna@example.org"):
    return Addressee(
        recipient_id=number,
        chunk_number=1,
        address=address,
        name=name,
        unsubscribe_url=f"https://example.org/unsubscribe/{number}.{'x' * 60}=/",
        preferences_url=f"https://example.org/preferences/{number}.{'y' * 60}=/",
    )


def only_file(outbox):
    (file,) = (outbox / "new").iterdir()
    return file.read_bytes()


def shown_name(raw):
    """The addressee's name; by hand, because Python puts a space between two encoded words."""
    phrase, _, _ = email.message_from_bytes(raw)["To"].rpartition("<")
    if phrase.startswith('"'):
        return email.utils.unquote(phrase.strip())
    return str(make_header(decode_header(phrase.strip())))


def check_lines(raw):
    head, _, body = raw.partition(b"\n\n")
    assert b"\r" not in raw
    assert max(map(len, head.split(b"\n"))) <= 998
    assert max(map(len, body.split(b"\n"))) <= 76
    assert not any(line.startswith(b".") for line in raw.split(b"\n"))


def test_a_copy_has_all_that_a_bulk_mail_must_have_and_no_defect(tmp_path):
    assert Outbox(tmp_path).hand_over(message(), [addressee()]) == Taken()
    raw = only_file(tmp_path)
    check_lines(raw)
    mail = email.message_from_bytes(raw, policy=STRICT)
    assert mail["From"].addresses[0].display_name == "The World, This Week"
    assert mail["To"].addresses[0].display_name == "Anna Müller"
    assert mail["To"].addresses[0].addr_spec == "anna@example.org"
    assert mail["Reply-To"] == "editors@example.org"
    assert mail["Subject"] == "TWTW #317: Malí – what next?"
    assert parsedate_to_datetime(mail["Date"]) == DAY
    assert mail["Message-ID"] == "<20250629080000.c0ffee.r345.twtw@example.org>"
    assert mail["List-Id"] == "The World This Week <twtw.example.org>"
    assert mail["List-Unsubscribe"] == f"<{addressee().unsubscribe_url}>"
    assert mail["Feedback-ID"] == "12:twtw:example.org"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["MIME-Version"] == "1.0"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert text == personalise(TEXT, addressee().values)
    assert html == personalise(HTML, addressee().values)
    assert not [defect for part in mail.walk() for defect in part.defects]


def test_any_mail_program_can_open_the_folder(tmp_path):
    Outbox(tmp_path).hand_over(message(), [addressee(1), addressee(2)])
    assert len(mailbox.Maildir(tmp_path, create=False)) == 2
    assert not list((tmp_path / "tmp").iterdir())


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(max_size=200),
    subject=st.text(max_size=200),
    text=st.text(max_size=300),
    before=st.text(max_size=100),
)
def test_no_words_break_a_copy_or_begin_a_header_of_their_own(
    tmp_path_factory, name, subject, text, before
):
    folder = tmp_path_factory.mktemp("outbox")
    surrogates_out = str.maketrans("", "", "".join(map(chr, range(0xD800, 0xE000))))
    text = f"{before}{Mark.UNSUBSCRIBE_URL}{text}".translate(surrogates_out)
    sent = message(subject=subject, sender_name=name, text=text)
    Outbox(folder).hand_over(sent, [addressee(name=name)])
    raw = only_file(folder)
    check_lines(raw)
    mail = email.message_from_bytes(raw, policy=STRICT)
    assert mail.keys() == [
        *("To", "Message-ID", "List-Unsubscribe", "From", "Reply-To", "Subject"),
        *("List-Id", "List-Unsubscribe-Post", "Feedback-ID", "Date", "MIME-Version"),
        "Content-Type",
    ]
    for header in mail.values():
        assert not header.defects
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    assert shown_name(raw) == shown
    assert mail["To"].addresses[0].addr_spec == "anna@example.org"
    got = mail.get_body(("plain",)).get_content()
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    assert got == personalise(normal, addressee().values)


@pytest.mark.parametrize(
    "name", ["Anna\nBcc: everybody@example.org", "Anna\r\n\r\n<p>", "A\x00\x0b\x85\u2028B"]
)
def test_a_name_with_a_newline_stays_a_name(tmp_path, name):
    Outbox(tmp_path).hand_over(message(), [addressee(name=name)])
    mail = email.message_from_bytes(only_file(tmp_path), policy=STRICT)
    assert "Bcc" not in mail
    assert len(mail["To"].addresses) == 1


def test_an_address_in_another_script_goes_by_its_ascii_domain(tmp_path):
    Outbox(tmp_path).hand_over(message(), [addressee(address="anna@bücher.example", name="")])
    mail = email.message_from_bytes(only_file(tmp_path), policy=STRICT)
    assert mail["To"] == "anna@xn--bcher-kva.example"


def test_handing_over_twice_leaves_one_copy_wherever_it_is_and_whatever_its_flags(tmp_path):
    outbox = Outbox(tmp_path)
    everybody = [addressee(number) for number in range(3)]
    outbox.hand_over(message(), everybody)
    unread, read, flagged = sorted((tmp_path / "new").iterdir())
    read.rename(tmp_path / "cur" / f"{read.name}:2,S")
    flagged.rename(tmp_path / "cur" / f"{flagged.name}:2,FRS")
    written_at = unread.stat().st_mtime_ns

    assert outbox.hand_over(message(), everybody) == Taken()

    assert len(mailbox.Maildir(tmp_path, create=False)) == 3
    assert list((tmp_path / "new").iterdir()) == [unread]
    assert unread.stat().st_mtime_ns == written_at


def test_the_same_copy_is_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        Outbox(tmp_path / folder).hand_over(message(), [addressee()])
    assert only_file(tmp_path / "one") == only_file(tmp_path / "two")


def test_a_folder_that_can_not_be_written_says_so_and_nothing_left(tmp_path):
    (tmp_path / "outbox").write_text("a file where the folder should be")
    answer = Outbox(tmp_path / "outbox").hand_over(message(), [addressee()])
    assert isinstance(answer, NotLeft)
    assert str(tmp_path / "outbox") in answer.reason


@contextmanager
def longest_file(size):
    """Lets no file have more bytes, so that writing stops in the middle of one.

    As short as can be: pytest's own output may go to a longer file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_the_disk_is_full_nothing_is_seen_half_written(tmp_path):
    outbox = Outbox(tmp_path)
    outbox.hand_over(message(), [addressee(1, name="Anna")])
    longer = [addressee(number, name=name) for number, name in [(2, "Ben"), (3, "Zoe" * 15)]]

    with longest_file(len(only_file(tmp_path)) + 10):
        answer = outbox.hand_over(message(), longer)

    assert isinstance(answer, NotLeft)
    assert answer.reason == f"The outbox {tmp_path} can't be written: File too large."
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert not list((tmp_path / "tmp").iterdir())


def test_a_notice_is_told_to_each_editor_alone(tmp_path):
    notice = Notice("The Weekly", "weekly@example.org", "Prepared", "<p>Look</p>", "Look\n", DAY)
    assert Outbox(tmp_path).tell(notice, ["a@example.org", "b@example.org"]) == Taken()
    mails = [
        email.message_from_bytes(file.read_bytes(), policy=STRICT)
        for file in (tmp_path / "new").iterdir()
    ]
    assert sorted(mail["To"] for mail in mails) == ["a@example.org", "b@example.org"]
    assert {mail["Auto-Submitted"] for mail in mails} == {"auto-generated"}
    assert all("List-Unsubscribe" not in mail for mail in mails)


def test_letters_before_the_at_stand_in_the_header_as_they_are(tmp_path):
    Outbox(tmp_path).hand_over(message(), [addressee(address="jörg@bücher.example", name="Jörg")])
    raw = only_file(tmp_path)
    # RFC 6532: in UTF-8, and only there.
    assert "<jörg@xn--bcher-kva.example>\n".encode() in raw
    assert raw.replace("jörg".encode(), b"").isascii()
    utf8 = email.policy.SMTPUTF8.clone(raise_on_defect=True)
    mail = email.message_from_string(raw.decode(), policy=utf8)
    assert mail["To"].addresses[0].addr_spec == "jörg@xn--bcher-kva.example"


def test_a_copy_can_be_left_by_mail_where_readers_may_write(tmp_path):
    Outbox(tmp_path).hand_over(message(leave_address="leave@example.org"), [addressee()])
    raw = only_file(tmp_path)
    check_lines(raw)
    mail = email.message_from_bytes(raw, policy=STRICT)
    url = addressee().unsubscribe_url
    token = url.rstrip("/").rpartition("/")[2]
    assert mail["List-Unsubscribe"] == (
        f"<{url}>, <mailto:leave@example.org?subject=unsubscribe%20{token}>"
    )
