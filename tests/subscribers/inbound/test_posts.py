"""Forms read as a stream: what is wanted of them, whatever their pieces, and never all at once."""

import io
import tracemalloc
from contextlib import suppress

import pytest
from django.http.multipartparser import MultiPartParser
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.inbound import posts
from subscribers.inbound.posts import PIECE, PostError, TooLarge, fields_of
from tests.subscribers.inbound.mails import form

KIND = "multipart/form-data; boundary=xYzZY"


def pieces_of(body, size):
    """A stream that gives as much as it likes."""
    places = iter(range(0, len(body), size))

    def read(_most):
        place = next(places, None)
        return b"" if place is None else body[place : place + size]

    return read


def read(body, wanted=None, *, kind=KIND, size=PIECE):
    wanted = wanted or {"text": 1000, "from": 1000, "email": 1000}
    return fields_of(pieces_of(body, size), kind, wanted)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_fields_are_found_in_whatever_pieces_they_come(size):
    body = form(
        {"from": b"ann", "SPF": b"pass", "text": b"a\r\n--xYzZ\r\n\r\n--\r\n", "empty": b""},
        [("text", b"PK\3\4" + b"\0" * 1000)],
    )
    found = read(b"a preamble\r\n" + body + b"an epilogue", size=size)
    assert found == {"from": b"ann", "text": b"a\r\n--xYzZ\r\n\r\n--\r\n"}


@given(
    fields=st.dictionaries(
        st.sampled_from(["text", "from", "email", "other"]),
        st.binary(max_size=60).map(lambda value: value.replace(b"xYzZY", b"")),
    ),
    size=st.integers(1, 80),
)
@example(fields={"text": b"\r\n", "from": b""}, size=1)
def test_every_form_is_read_as_it_was_written(fields, size):
    wanted = {name: value for name, value in fields.items() if name != "other"}
    assert read(form(fields), size=size) == wanted


def test_what_is_too_long_is_cut_and_what_follows_is_found():
    found = read(form({"text": b"x" * 100_000, "from": b"ann"}), {"text": 10, "from": 10})
    assert found == {"text": b"x" * 10, "from": b"ann"}


def test_the_first_field_of_a_name_counts_and_an_attachment_is_none():
    body = form({"text": b"mine"}).replace(b"--xYzZY--\r\n", b"") + form({"text": b"forged"})
    assert read(body) == {"text": b"mine"}
    attached = (
        b'--xYzZY\r\nContent-Disposition: form-data; name="text"; filename="a.txt"\r\n\r\nx\r\n'
        b'--xYzZY\r\nContent-Type: a/b; name="from"\r\n\r\nx\r\n--xYzZY--'
    )
    assert read(attached) == {}


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=xYzZY",
        'Multipart/Form-Data;charset=utf-8; boundary="xYzZY"',
        "multipart/form-data; boundary=xYzZY; charset=utf-8",
    ],
)
def test_the_boundary_is_found_however_it_is_written(kind):
    assert read(form({"text": b"a"}), kind=kind) == {"text": b"a"}


NO_FORMS = {
    "another type": (b"text=a", "application/x-www-form-urlencoded"),
    "no type": (b"", ""),
    "no boundary": (form({"text": b"a"}), "multipart/form-data"),
    "another boundary": (form({"text": b"a"}), "multipart/form-data; boundary=a"),
    "nothing": (b"", KIND),
    "cut in a head": (form({"text": b"a"})[:30], KIND),
    "cut in a value": (form({"text": b"abcdef" * 99})[:99], KIND),
    "cut at the end": (form({"text": b"a"})[:-3], KIND),
    "a head without an end": (b"--xYzZY\r\n" + b"a: b\r\n" * 100_000, KIND),
    "a boundary without an end": (b"--xYzZY" + b" " * 100_000, KIND),
    "too many parts": (b"--xYzZY\r\n\r\n\r\n" * 1000, KIND),
    "a type of half a megabyte": (b"", "multipart/form-data;" + " " * 500_000),
}


@pytest.mark.parametrize(("body", "kind"), NO_FORMS.values(), ids=NO_FORMS.keys())
def test_what_is_no_whole_form_is_refused(body, kind):
    with pytest.raises(PostError):
        read(body, kind=kind)


@given(st.binary(max_size=400), st.integers(1, 50))
def test_no_bytes_are_another_error(rest, size):
    with suppress(PostError):
        read(b'--xYzZY\r\nContent-Disposition: form-data; name="text"\r\n' + rest, size=size)


def test_thirty_megabytes_are_read_without_being_held():
    body = form({"text": b"unsubscribe", "email": b"y" * 2**20}, [("a.zip", b"\0" * 30 * 2**20)])
    tracemalloc.start()
    try:
        found = read(body, {"text": 100, "email": 100})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == {"text": b"unsubscribe", "email": b"y" * 100}
    assert peak < 2**20


def test_what_is_larger_than_any_mail_is_read_no_further(monkeypatch):
    monkeypatch.setattr(posts, "LARGEST_POST", 2**20)
    begun = form({"text": b"a"}, [("a.zip", b"\0" * 2**22)])
    taken = []

    def endless(most):
        taken.append(most)
        return begun[:PIECE] if len(taken) == 1 else b"\0" * PIECE

    with pytest.raises(TooLarge):
        fields_of(endless, KIND, {"text": 10})
    assert len(taken) < 20


def test_the_forms_of_these_tests_are_such_as_django_reads():
    body = form({"text": b"a\r\n", "from": b"b"}, [("a.zip", b"PK")])
    meta = {"CONTENT_TYPE": KIND, "CONTENT_LENGTH": len(body)}
    posted, files = MultiPartParser(meta, io.BytesIO(body), []).parse()
    assert posted.dict() == {"text": "a\r\n", "from": "b"}
    assert not files
