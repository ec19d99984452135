"""What the desk writes to its people."""

from email import policy
from email.parser import BytesParser

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(settings, tmp_path):
    """Reads what lies in the outbox."""
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    settings.OUTBOX = tmp_path / "outbox"

    def read():
        parser = BytesParser(policy=policy.default)
        files = sorted((settings.OUTBOX / "new").iterdir())
        return [parser.parsebytes(file.read_bytes()) for file in files]

    return read


def test_it_leaves_by_the_newsrooms_transport_from_the_weeklys_sender(mails):
    assert send_mail("A subject", "Some <words>", None, ["editor@example.org"]) == 1
    (mail,) = mails()
    assert mail["To"] == "editor@example.org"
    assert "weekly@example.org" in mail["From"]
    assert mail["Subject"] == "A subject"
    assert "Some <words>" in mail.get_body(["plain"]).get_content()
    assert "Some &lt;words&gt;" in mail.get_body(["html"]).get_content()


def test_a_forgotten_password_is_mailed_to_the_account_that_asks(mails, client):
    get_user_model().objects.create_user("editor", "editor@example.org", "a long password")
    client.post(reverse("account_reset_password"), {"email": "editor@example.org"})
    (mail,) = mails()
    assert "/desk/password/reset/key/" in mail.get_body(["plain"]).get_content()
