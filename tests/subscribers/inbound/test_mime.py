"""Mails taken apart: whatever they are made of, their head and their text are found or are not."""

import base64
import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.inbound.mime import LARGEST, LONGEST_VALUE, Head, header_text, take_apart
from tests.subscribers.inbound.mails import mail

WORDS = "Ich möchte „bitte“ unsubscribe"
ALTERNATIVE = """\
This is a mail in several parts.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

In plain
--inner
Content-Type: text/html

<p>In HTML</p>
--inner--

--outer
Content-Type: text/plain
Content-Disposition: attachment; filename=unsubscribe.txt

Attached
--outer--
"""


def test_the_text_is_found_in_the_parts_and_what_is_attached_is_not():
    taken = take_apart(mail(body=ALTERNATIVE, kind='multipart/mixed; boundary="outer"'))
    assert (taken.text, taken.html) == ("In plain", "")
    only_html = ALTERNATIVE.replace("text/plain; charset=utf-8", "application/pdf")
    taken = take_apart(mail(body=only_html, kind='multipart/mixed; boundary="outer"'))
    assert (taken.text, taken.html) == ("", "<p>In HTML</p>")


ENCODINGS = {
    "base64": base64.encodebytes,
    "BASE64 ": lambda data: base64.b64encode(data).rstrip(b"="),
    "quoted-printable": quopri.encodestring,
    "8bit": bytes,
    "unheard-of": bytes,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", '"windows-1252"'])
def test_a_text_is_read_in_its_encoding_and_its_charset(encoding, charset):
    body = ENCODINGS[encoding](WORDS.encode(charset.strip('"')))
    raw = mail(body=body, kind=f"text/plain; charset={charset}", Content_Transfer_Encoding=encoding)
    assert take_apart(raw).text.strip() == WORDS


@pytest.mark.parametrize(
    "charset", ["", "no-such", "utf-8", "punycode", "zip", "undefined", "x" * 5000, "\0", "é"]
)
def test_a_charset_that_lies_or_is_none_leaves_what_is_ascii(charset):
    raw = mail(body="Möchte unsubscribe".encode("latin-1"), kind=f"text/plain; charset={charset}")
    assert take_apart(raw).text.endswith("chte unsubscribe")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("unsubscribe", "unsubscribe"),
        ("=?utf-8?q?un=73ubscribe?=", "unsubscribe"),
        ("=?UTF-8?B?dW5zdWI=?= =?utf-8*en?Q?scribe_me?= now", "unsubscribe me now"),
        ("=?no-such?q?unsub?=", "unsub"),
        ("=?utf-8?b?x?=", "=?utf-8?b?x?="),
        ("=?utf-8?q?a=0D=0ABcc:_b?=", "a Bcc: b"),
        ("a\0\x0b\u2028b", "a b"),
    ],
)
def test_encoded_words_are_read_and_begin_no_line(written, shown):
    assert header_text(written) == shown


def test_fields_are_unfolded_and_found_in_any_case_and_any_line_ending():
    for end in ("\r\n", "\n", "\r"):
        head = Head(f"Subject: one{end}\ttwo{end}X: a{end}x: b{end} c{end}no field{end}".encode())
        assert head.first("SUBJECT") == "one\ttwo"
        assert head.all("X") == ["a", "b c"]
        assert head.first("Y") == ""


def bomb(levels):
    """Multiparts in multiparts."""
    begun = "".join(
        f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(levels)
    )
    return mail(body=begun + f"--b{levels}\n\nunsubscribe", kind="multipart/mixed; boundary=b0")


AWKWARD = {
    "nothing": b"",
    "zeros": b"\0" * 100_000,
    "an end of line": b"\n",
    "no head": b"\r\n\r\nunsubscribe",
    "ten thousand hops": mail(body="x", X=None).replace(b"To:", b"Received: a\r\n" * 10_000, 1),
    "a hundred thousand fields": b"a:\n" * 100_000,
    "a field of half a megabyte": b"Subject: " + b"x" * LARGEST,
    "a name of half a megabyte": b"x" * LARGEST + b": y",
    "a field folded a hundred thousand times": b"Subject: x" + b"\n y" * 100_000,
    "nested five thousand times": bomb(5000),
    "a hundred thousand parts": mail(body="--b\n\n" * 100_000, kind="multipart/x; boundary=b"),
    "parts of one boundary": mail(
        body="--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5000,
        kind="multipart/mixed; boundary=b",
    ),
    "a boundary of spaces": mail(body="--b" + " " * 300_000, kind="multipart/mixed; boundary=b"),
    "encoded words": b"Subject: " + b"=?utf-8?b?=?q?" * 30_000 + b"\n\n",
}


@pytest.mark.parametrize("raw", AWKWARD.values(), ids=AWKWARD.keys())
def test_what_was_made_to_be_awkward_is_read_as_far_as_it_goes(raw):
    taken = take_apart(raw)
    for name in ("Subject", "Received"):
        assert all(len(value) <= LONGEST_VALUE for value in taken.head.all(name))
    header_text(taken.head.first("Subject"))


def test_what_is_nested_deeper_than_any_mail_is_not_opened():
    assert take_apart(bomb(5)).text == "unsubscribe"
    assert take_apart(bomb(50)).text == ""


def test_only_the_beginning_of_a_mail_is_looked_at():
    raw = mail(body="x" * LARGEST) + b"\r\nunsubscribe"
    assert "unsubscribe" not in take_apart(raw).text


@given(st.binary(max_size=2000))
@example(b"Content-Type: multipart/x; boundary=\xff\n\n--\xff\n")
@example(b"Content-Transfer-Encoding: base64\n\nx")
def test_no_bytes_are_an_error(raw):
    taken = take_apart(raw)
    assert header_text(taken.head.first("Subject")).isprintable()
