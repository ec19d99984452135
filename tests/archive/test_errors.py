"""What a person sees when something goes wrong: plain words, no trace, no database."""

import pytest
from django.test import Client

from tests.archive.urls import SECRET

# No mark of the database here: any query would fail these tests.


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/wrong/400/", 400, "The request was not understood"),
        ("/wrong/403/", 403, "This page is not open to you"),
        ("/wrong/500/", 500, "Something went wrong here"),
        ("/nowhere/reader@example.org/", 404, "There is no such page"),
    ],
)
@pytest.mark.urls("tests.archive.urls")
def test_an_error_page_is_plain_and_tells_nothing(path, status, words):
    client = Client(raise_request_exception=False)
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert 'href="/"' in page
    assert SECRET not in page
    assert "Traceback" not in page
    assert not response.cookies


def test_a_form_without_its_token_is_refused_in_plain_words(rf):
    from archive.errors import form_not_accepted

    response = form_not_accepted(rf.post("/"), reason="CSRF cookie not set.")
    assert response.status_code == 403
    assert "CSRF" not in response.content.decode()


@pytest.mark.parametrize("charset", ["hex", "undefined", "idna", "utf-16", "no-such", "utf-8"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_words_are_utf_8_whatever_a_request_says_of_them(rf, charset, method):
    from newsroom.wsgi import Application, Request

    body = b'--x\r\nContent-Disposition: form-data; name="word"\r\n\r\nBamak\xc3\xb3\r\n--x--'
    kind = "multipart/form-data; boundary=x"
    plain = rf.generic(method, "/nowhere/?word=%C3%B3", body, content_type=kind)
    request = Request(plain.environ | {"CONTENT_TYPE": f"{kind}; charset={charset}"})
    assert request.GET["word"] == "ó"
    if method == "post":
        assert request.POST["word"] == "Bamakó"
    assert Application.request_class is Request
