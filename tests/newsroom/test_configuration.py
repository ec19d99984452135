"""Settings: defaults that work, and wrong values that are named."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsroom.configuration import Configuration, ConfigurationError, configuration
from tests.delivery.webhook import Webhook

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    """The configuration that an environment gives."""

    def read(**environment: str) -> Configuration:
        for name in [name for name in os.environ if name.startswith("TWTW_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("TWTW_STATE", str(tmp_path / "state"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        configuration.cache_clear()
        return configuration()

    yield read
    monkeypatch.undo()
    configuration.cache_clear()


def test_every_setting_has_a_default_and_a_description():
    for name, field in Configuration.model_fields.items():
        assert not field.is_required(), name
        assert field.description, name


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("TWTW_PORT", "http", "valid integer"),
        ("TWTW_PORT", "70000", "less than or equal to 65535"),
        ("TWTW_TRANSPORT", "pigeon", "'outbox', 'sendgrid' or 'smtp'"),
        ("TWTW_SITE_URL", "example.org", "http://"),
        ("TWTW_SITE_URL", "http://[", "http://"),
        ("TWTW_SITE_URL", "http://example.org:99999", "http://"),
        ("TWTW_EDITORS", "desk at example.org", "separated by commas"),
        ("TWTW_EDITORS", "x@y>z", "separated by commas"),
        ("TWTW_SENDGRID_TIMEOUT", "0", "greater than 0"),
        ("TWTW_SMTP_RETURN_PATH", "bounces", "an e-mail address"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(settings_of, name, value, allowed):
    with pytest.raises(ConfigurationError) as caught:
        settings_of(**{name: value})
    assert str(caught.value).startswith(f"{name} is ")
    assert allowed in str(caught.value)


def test_a_misspelt_setting_is_named_with_the_one_that_is_meant(settings_of):
    with pytest.raises(ConfigurationError, match="TWTW_TRANSPROT; is TWTW_TRANSPORT meant"):
        settings_of(TWTW_TRANSPROT="sendgrid")


def test_a_short_secret_is_refused_without_being_repeated(settings_of):
    with pytest.raises(ConfigurationError, match="TWTW_SECRET_KEY must be") as caught:
        settings_of(TWTW_SECRET_KEY="too-short")
    assert "too-short" not in str(caught.value)


def ed25519():
    """A public key, but of a kind with which SendGrid does not sign."""
    key = Ed25519PrivateKey.generate().public_key()
    return base64.b64encode(
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


@pytest.mark.parametrize(
    "value", ["SG.meant-for-the-other-setting", "QUJD", ed25519()], ids=["text", "base64", "key"]
)
def test_a_key_that_signs_no_events_is_refused_without_being_repeated(settings_of, value):
    expected = "TWTW_SENDGRID_EVENTS_KEY must be empty, or the Verification Key"
    with pytest.raises(ConfigurationError, match=expected) as caught:
        settings_of(TWTW_SENDGRID_EVENTS_KEY=value)
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["mysql://me:pass-word@host/x", "postgresql://me:pass-word@h:a/x"]
)
def test_the_databases_password_is_never_repeated(settings_of, value):
    with pytest.raises(ConfigurationError, match="TWTW_DATABASE_URL must be empty, or") as caught:
        settings_of(TWTW_DATABASE_URL=value)
    assert "pass-word" not in str(caught.value)


def test_a_tilde_is_the_home_folder(settings_of):
    assert settings_of(TWTW_STATE="~/newsroom").state == Path.home() / "newsroom"


@pytest.mark.parametrize("content", [b"", b"\xff" * 64])
def test_a_damaged_key_file_is_named_and_not_replaced(settings_of, content):
    ours = settings_of()
    ours.state.mkdir()
    (ours.state / "secret_key").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"secret_key is damaged.*Restore it"):
        ours.signing_key()
    assert (ours.state / "secret_key").read_bytes() == content


def test_a_verification_key_is_taken_as_sendgrid_shows_it(settings_of):
    key = Webhook().verification_key
    assert key.startswith("MFkw")
    assert settings_of(TWTW_SENDGRID_EVENTS_KEY=key).sendgrid_events_key == key


def test_an_empty_value_means_the_default(settings_of):
    assert settings_of(TWTW_PORT="").port == 8000


def test_editors_are_a_list_with_commas(settings_of):
    editors = settings_of(TWTW_EDITORS="a@example.org, b@example.org,").editors
    assert editors == ("a@example.org", "b@example.org")


def test_the_signing_key_is_made_once_and_kept_for_its_owner_only(settings_of):
    ours = settings_of()
    key = ours.signing_key()
    assert len(key) >= 32
    assert settings_of().signing_key() == key
    assert (ours.state / "secret_key").stat().st_mode & 0o077 == 0


def notes_list(**environment):
    return subprocess.run(
        [sys.executable, "-m", "newsroom", "notes", "list"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_wrong_setting_stops_the_command_with_one_sentence_and_status_2(tmp_path):
    done = notes_list(TWTW_STATE=str(tmp_path), TWTW_PORT="no")
    assert done.returncode == 2
    assert done.stderr.startswith("twtw: TWTW_PORT is 'no', but must be")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("TWTW_EDITORS=zoë@example.org".encode("latin-1"), " is no UTF-8 text; save it in"),
        (b'# ours\nTWTW_PORT "8000\n', ", line 2, can't be read; write settings like TWTW_PORT="),
    ],
)
def test_a_file_of_settings_that_can_not_be_read_stops_the_command(tmp_path, content, sentence):
    file = tmp_path / "settings.env"
    file.write_bytes(content)
    done = notes_list(TWTW_ENV_FILE=str(file))
    assert done.returncode == 2
    assert done.stderr.startswith(f"twtw: {file}{sentence}")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_of_settings_that_is_not_there_stops_the_command(tmp_path):
    done = notes_list(TWTW_ENV_FILE=str(tmp_path / "none.env"))
    assert done.returncode == 2
    assert done.stderr == f"twtw: TWTW_ENV_FILE is '{tmp_path}/none.env', but must name a file.\n"
