"""The log names what was refused, in a line, and never the signed part of its address."""

import io
import logging

import pytest

from newsroom.log_lines import WithoutKeys

KEY = "1.JGTnkEu5MCJxiLTUE1H_q4O6C7CuGtjsqPk6ESjAjhA"


def logged(path):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", None, None)
    record.args = ("Not Found", path)
    assert WithoutKeys().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("page", ["unsubscribe", "preferences", "confirm", "new-address"])
@pytest.mark.parametrize(
    "path", ["/{}/{}/", "/{}/ {}/", "/{}/{} /held/", "/{}/1.JGT {}", "/{}//{}/", "/{}/\\n{}/"]
)
def test_a_link_that_came_in_broken_leaves_no_key_either(page, path):
    said = logged(path.format(page, KEY))
    assert said.startswith(f"Not Found: /{page}/…")
    assert KEY not in said


def test_a_link_in_capitals_leaves_no_key_either():
    assert logged(f"/UNSUBSCRIBE/{KEY}/") == "Not Found: /UNSUBSCRIBE/…/"


@pytest.mark.parametrize(
    "path",
    ["/{}/", "/subscribe/{}/x", "/desk/readers/?{}", "/a mail to {}", "/x/{}@y/", "/@{}/"],
)
def test_a_readers_address_in_a_path_is_left_out(path):
    said = logged(path.format("ann.reader@example.org"))
    assert "@" not in said
    assert "reader" not in said.replace("/desk/readers/", "")


@pytest.mark.parametrize("path", ["/subscribe/", "/preferences/", "/issues/twtw/318/"])
def test_what_has_no_key_in_it_stays_as_it_is(path):
    assert logged(path) == f"Not Found: {path}"


@pytest.fixture
def log(monkeypatch):
    """What the site's own handler writes."""
    handlers = [one for one in logging.getLogger().handlers if one.name == "stderr"]
    written = io.StringIO()
    monkeypatch.setattr(handlers[0], "stream", written)
    return written


@pytest.mark.django_db
def test_a_body_that_is_no_form_is_worth_a_line_and_no_traceback(log, client):
    answer = client.post("/subscribe/", b"x", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    lines = log.getvalue().splitlines()
    assert len(lines) == 1
    assert "/subscribe/" in lines[0]


def test_what_is_our_fault_keeps_its_traceback(log):
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("django.request").exception("Failed.", extra={"status_code": 500})
        logging.getLogger("delivery").exception("Failed, too.")
    assert log.getvalue().count("Traceback (most recent call last)") == 2
