"""Editors are told by the newsroom's own transport, and nobody's address is in a log."""

import logging
from email import message_from_bytes, policy

import pytest

from delivery.errors import DeliveryError
from delivery.models import Recipient
from delivery.notices import tell_editors
from delivery.transports.opening import open_transport
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

EDITORS = ["desk@example.org", "chief@example.org"]
LINKS = [("Look at it", "http://127.0.0.1:8000/desk/")]


def test_every_editor_gets_a_mail_of_their_own_in_the_outbox(settings, tmp_path):
    settings.EDITORS, settings.OUTBOX = EDITORS, tmp_path
    assert tell_editors("#317 is prepared", ["It has five notes."], LINKS) == 2
    mails = [
        message_from_bytes(file.read_bytes(), policy=policy.strict)
        for file in (tmp_path / "new").iterdir()
    ]
    assert {mail["To"] for mail in mails} == set(EDITORS)
    for mail in mails:
        assert mail["Subject"] == "#317 is prepared"
        assert mail["Auto-Submitted"] == "auto-generated"
        for part in mail.iter_parts():
            assert "It has five notes." in part.get_content()
            assert "http://127.0.0.1:8000/desk/" in part.get_content()
            assert "[%" not in part.get_content()
    assert not Recipient.objects.exists()


def test_by_sendgrid_it_is_one_call(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as standin:
        settings.DELIVERY_TRANSPORT, settings.EDITORS = "sendgrid", EDITORS
        settings.SENDGRID_API_KEY, settings.SENDGRID_URL = KEY, standin.url
        assert tell_editors("#317 is sent", ["25 accepted."]) == 2
    assert standin.copies() == {"desk@example.org": 1, "chief@example.org": 1}
    assert len(standin.requests) == 1


def test_what_the_provider_does_is_logged_and_raises_nothing(settings, monkeypatch, caplog):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as standin:
        standin.misbehave("error_before")
        settings.DELIVERY_TRANSPORT, settings.EDITORS = "sendgrid", EDITORS
        settings.SENDGRID_API_KEY, settings.SENDGRID_URL = KEY, standin.url
        assert tell_editors("#317 is sent", ["25 accepted."]) == 0
    assert "SendGrid answered 500" in caplog.text
    assert "@" not in caplog.text


def test_without_editors_nobody_is_told_and_the_log_says_so(settings, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    settings.EDITORS, settings.OUTBOX = [], tmp_path
    assert tell_editors("#317 is prepared", ["It has five notes."]) == 0
    assert "TWTW_EDITORS is empty" in caplog.text
    assert not list(tmp_path.iterdir())


def test_the_settings_name_the_transport_unless_the_caller_does(settings):
    assert open_transport().name == "outbox"
    settings.SENDGRID_API_KEY = KEY
    assert open_transport("sendgrid").name == "sendgrid"


def test_an_unknown_transport_and_a_missing_key_are_said_in_a_sentence(settings):
    with pytest.raises(DeliveryError, match="no transport pigeon; there are outbox, sendgrid"):
        open_transport("pigeon")
    settings.SENDGRID_API_KEY = ""
    with pytest.raises(DeliveryError, match="TWTW_SENDGRID_API_KEY is empty"):
        open_transport("sendgrid")
