"""Of the uploaded files readers get pictures, editors the originals, and nobody anything else."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

pytestmark = pytest.mark.django_db

PICTURE = b"\x89PNG\r\n\x1a\n"
PAGE = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def files():
    """Files as Wagtail lays them out, put there by hand; gone again afterwards."""
    contents = {
        "images/river.width-600.png": PICTURE,
        "images/page.html": PAGE,
        "original_images/river.png": PICTURE,
        "documents/page.html": PAGE,
        "page.html": PAGE,
    }
    for name, content in contents.items():
        file = settings.MEDIA_ROOT / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    yield
    for name in contents:
        (settings.MEDIA_ROOT / name).unlink()


def an_editor(**about):
    return get_user_model().objects.create_user("editor", "e@example.org", "x", **about)


def test_a_rendition_is_public_and_kept_by_browsers_for_long(client):
    response = client.get("/media/images/river.width-600.png")
    assert b"".join(response.streaming_content) == PICTURE
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert "max-age=31536000" in response["Cache-Control"]
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "path",
    [
        "documents/page.html",
        "page.html",
        "",
        "images/",
        "images/..",
        "images/../documents/page.html",
        "images/%2e%2e/documents/page.html",
        "images/..%2Fdocuments%2Fpage.html",
        "images/..%5Cdocuments%5Cpage.html",
        "images//page.html",
        "images/none.png",
    ],
)
def test_nothing_else_is_served_not_even_to_an_editor(client, path):
    client.force_login(an_editor(is_superuser=True))
    assert client.get(f"/media/{path}").status_code == 404


def test_only_pictures_are_served_of_what_lies_among_the_pictures(client):
    assert client.get("/media/images/page.html").status_code == 404


def test_an_original_is_for_the_people_of_the_desk(client):
    address = "/media/original_images/river.png"
    assert client.get(address).status_code == 404
    user = an_editor()
    client.force_login(user)
    assert client.get(address).status_code == 404
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    response = client.get(address)
    assert b"".join(response.streaming_content) == PICTURE
    assert response["Cache-Control"] == "private"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"


def test_pictures_only_answer_to_looking(client):
    assert client.post("/media/images/river.width-600.png").status_code == 405
