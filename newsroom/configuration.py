"""What an operator can set, by environment variable or in a `.env` file.

Every setting has a default that works on one machine without a key, and a
description that `docs/operators.md` repeats (a test compares the two).
"""

from __future__ import annotations

import os
import re
import secrets
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from email_validator import EmailNotValidError, validate_email
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TWTW_"
SHORTEST_KEY = 32
# For the tests and for running beside another `.env`; not for a newsroom.
NOT_SETTINGS = {"TWTW_ENV_FILE", "TWTW_REQUIRE_ALL", "TWTW_TEST_DATABASE_URL"}

# Never repeated in a message; the database's address has a password in it, and what is given
# as the events' key by mistake may be the other one.
SECRETS = {
    "TWTW_SECRET_KEY",
    "TWTW_FORMER_SECRET_KEYS",
    "TWTW_SENDGRID_API_KEY",
    "TWTW_SENDGRID_EVENTS_KEY",
    "TWTW_SMTP_PASSWORD",
    "TWTW_IMAP_PASSWORD",
    "TWTW_INBOUND_KEY",
    "TWTW_DATABASE_URL",
}

Port = Annotated[int, Field(ge=1, le=65535)]


class ConfigurationError(Exception):
    """A setting has a value that can't work; the message names it and what is allowed."""


class Configuration(BaseSettings):
    """The settings of one newsroom; the environment wins over `.env`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    state: Path = Field(
        ROOT / "var",
        description="Folder of everything that changes: database, media, outbox, Prefect's home. "
        "Made on first use.",
    )
    database_url: str = Field(
        "",
        description="`postgresql://user:password@host:port/name` for PostgreSQL; empty for SQLite "
        "in the state folder.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Key that signs sessions and the readers' links, 32 characters or more; empty: "
        "made once and kept in the state folder.",
    )
    former_secret_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that signed before, separated by commas: the links in mails already sent "
        "keep working.",
    )
    site_url: str = Field(
        "http://127.0.0.1:8000",
        description="Address at which readers reach the site, without a slash at the end; it is in "
        "every mail.",
    )
    host: str = Field("127.0.0.1", description="Address that the site listens on.")
    port: Port = Field(8000, description="Port that the site listens on.")
    prefect_port: Port = Field(
        4200, description="Port of the Prefect server and its pages, on 127.0.0.1."
    )
    transport: Literal["outbox", "sendgrid", "smtp"] = Field(
        "outbox",
        description="How mail leaves: `outbox` writes `.eml` files into a Maildir in the state "
        "folder, `sendgrid` sends by SendGrid, `smtp` by a relay of your own.",
    )
    sendgrid_api_key: SecretStr = Field(
        SecretStr(""), description="SendGrid API key with the right *Mail Send*."
    )
    sendgrid_region: Literal["global", "eu"] = Field(
        "global", description="SendGrid region that keeps the data: `global` or `eu`."
    )
    sendgrid_url: str = Field(
        "",
        description="Address of another server that speaks SendGrid's API, for trials; empty for "
        "SendGrid itself.",
    )
    sendgrid_timeout: float = Field(
        30.0, gt=0, le=300, description="Seconds to wait for SendGrid's answer to one call."
    )
    sendgrid_events_key: str = Field(
        "",
        description="Verification Key of SendGrid's event webhook; empty: no events are taken in.",
    )
    smtp_host: str = Field("", description="Name of the relay, as it stands in its certificate.")
    smtp_port: Port | None = Field(
        None, description="Port of the relay; empty: 587, with `tls` 465, with `none` 25."
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the way to the relay is encrypted: `starttls`, `tls` from the first byte "
        "on, or `none`.",
    )
    smtp_user: str = Field(
        "", description="User name at the relay; empty where it knows this machine without."
    )
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the relay.")
    smtp_timeout: float = Field(
        60.0,
        gt=0,
        le=600,
        description="Seconds to wait for each of the relay's answers; five times as long for the "
        "last one.",
    )
    smtp_return_path: str = Field(
        "",
        description="Mailbox that takes bounces, each at an address with the recipient's number "
        "after a `+`; empty: they go to the sender.",
    )
    delivery_threads: int = Field(
        4, ge=1, le=32, description="Chunks that one delivery hands over at the same time."
    )
    settling_minutes: int = Field(
        60,
        ge=1,
        le=10080,
        description="Minutes for which the provider's evidence about copies in doubt is waited "
        "for, before a person is asked.",
    )
    templates: Path | None = Field(
        None,
        description="Folder of the newsroom's own templates, searched before ours: a file like "
        "`email/partials/footer.mjml` in it takes the place of the one with the same name.",
    )
    check_links: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether the sites behind an issue's links are asked if they are there: `on`, "
        "`off`, or `auto` for only where mail really leaves.",
    )
    approve_own_notes: bool = Field(
        False,
        description="`true` lets editors approve notes that they wrote or submitted themselves.",
    )
    second_factor: Literal["auto", "off", "publishers", "everybody"] = Field(
        "auto",
        description="Who needs a second factor to work at the desk: `off` for nobody, "
        "`publishers` for those who may have mail sent or manage accounts, `everybody`, or "
        "`auto` for publishers where the site is reached by https.",
    )
    editors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses, separated by commas, that are told when an issue is prepared, "
        "missing its approval, or sent.",
    )
    language: str = Field(
        "en-gb",
        description="Language of the readers' pages and of the mails about their subscriptions, "
        "e.g. `de`; see “Another language”.",
    )
    inbound_address: str = Field(
        "",
        description="Address to which readers write to subscribe and to leave; empty: none is "
        "named in any mail.",
    )
    inbound_key: SecretStr = Field(
        SecretStr(""),
        description="Password in the address of the webhook for what they write, 32 characters or "
        "more; empty: the webhook takes nothing in.",
    )
    imap_host: str = Field(
        "",
        description="Server of the mailbox that is read for what they write; empty: none is read.",
    )
    imap_port: Port | None = Field(
        None, description="Its port; empty: 993, with `starttls` or `none` 143."
    )
    imap_security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How the way to it is encrypted: `tls`, `starttls` or `none`."
    )
    imap_user: str = Field("", description="User name of the mailbox.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password of the mailbox.")
    imap_folder: str = Field("INBOX", description="Folder of the mailbox that is read.")
    sign_ups_an_hour: int = Field(
        500,
        ge=1,
        description="As many sign-ups in an hour are believed; with more the brake goes on, and no "
        "mail asks for a confirmation until it is off again.",
    )
    confirmations_a_minute: int = Field(
        60,
        ge=1,
        description="How many imported readers are asked for their confirmation in a minute.",
    )
    keep_unconfirmed_days: int = Field(
        30, ge=8, le=365, description="Days after which who has not confirmed is forgotten."
    )
    keep_events_days: int = Field(
        30,
        ge=2,
        description="Days after which the provider's reports of copies that arrived are forgotten.",
    )
    keep_networks_days: int = Field(
        90, ge=1, description="Days after which the hashed networks of readers are forgotten."
    )
    keep_record_days: int = Field(
        0,
        ge=0,
        description="Days after which entries of the record are forgotten; `0` keeps them.",
    )
    debug: bool = Field(
        False, description="`true` shows Django's error pages; never on a public machine."
    )

    @field_validator("state")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        value = value.expanduser()
        return value if value.is_absolute() else (Path.cwd() / value)

    @field_validator("templates")
    @classmethod
    def _folder_that_is_there(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        value = value.expanduser().absolute()
        if not (value / "email").is_dir():
            raise ValueError("a folder with a folder `email` in it")
        return value

    @field_validator("site_url", "sendgrid_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not (_is_address(value, {"http", "https"}) and urlsplit(value).hostname):
            raise ValueError("an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not _is_address(value, {"postgresql", "postgres"}):
            raise ValueError("empty, or an address like postgresql://user:password@host:port/name")
        return value

    @field_validator("secret_key", "inbound_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"empty, or {SHORTEST_KEY} characters or more")
        return value

    @field_validator("sendgrid_events_key")
    @classmethod
    def _verification_key(cls, value: str) -> str:
        from delivery.events.signature import verification_key

        try:
            if value:
                verification_key(value)
        except ValueError:
            raise ValueError(
                "empty, or the Verification Key that SendGrid shows for the event webhook: one "
                "line that begins with MFkw"
            ) from None
        return value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        value = value.lower().replace("_", "-")
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", value):
            raise ValueError("a language's code, like de or pt-br")
        return value

    @field_validator("smtp_return_path", "inbound_address")
    @classmethod
    def _one_address(cls, value: str) -> str:
        try:
            if value:
                validate_email(value, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError("an e-mail address, with a domain in ASCII") from None
        return value

    @field_validator("editors", mode="before")
    @classmethod
    def _list_of_addresses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        addresses = tuple(part.strip() for part in value.split(",") if part.strip())
        try:
            for address in addresses:
                validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            raise ValueError("e-mail addresses separated by commas") from None
        return addresses

    @property
    def database_file(self) -> Path:
        """The SQLite file; not used when `database_url` is set."""
        return self.state / "newsroom.sqlite3"

    @property
    def outbox(self) -> Path:
        """The Maildir that the `outbox` transport writes."""
        return self.state / "outbox"

    @property
    def prefect_home(self) -> Path:
        """The folder in which Prefect keeps its own database."""
        return self.state / "prefect"

    @property
    def prefect_url(self) -> str:
        """The address of Prefect's server on this machine, without `/api`."""
        return f"http://127.0.0.1:{self.prefect_port}"

    def signing_key(self) -> str:
        """The secret key; made and kept in the state folder (mode 0600) where none is set."""
        if key := self.secret_key.get_secret_value():
            return key
        file = self.state / "secret_key"
        if not file.exists():
            self.state.mkdir(parents=True, exist_ok=True)
            # Written aside and linked: two first starts at once end with one and the same key.
            draft = self.state / f"secret_key.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        try:
            key = file.read_text(encoding="ascii")
        except UnicodeDecodeError:
            key = ""
        if len(key) < SHORTEST_KEY:
            raise ConfigurationError(
                f"The file {file} is damaged: it holds no key. Restore it from a backup, or delete "
                "it to have another one made, with which the links in mails already sent end."
            )
        return key


def _is_address(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
        # Looked at, because a port that is no number is found out only then.
        return parts.scheme in schemes and parts.port != 0
    except ValueError:
        return False


@cache
def configuration() -> Configuration:
    """The configuration of this process.

    Raises:
        ConfigurationError: with one line for each wrong setting.
    """
    file = _env_file()
    try:
        _refuse_unreadable_lines(file)
        _refuse_misspelt_names(file)
        return Configuration(_env_file=file)
    except ValidationError as error:
        lines = (_complaint(item["loc"], item["msg"], item["input"]) for item in error.errors())
        raise ConfigurationError("\n".join(lines)) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is no UTF-8 text; save it in that encoding.") from None


def _env_file() -> Path:
    """`.env` beside `twtw`, or what `TWTW_ENV_FILE` names; asked anew each time."""
    return Path(os.environ.get("TWTW_ENV_FILE", ROOT / ".env"))


def _refuse_unreadable_lines(file: Path) -> None:
    """A line that is no setting would only be warned of, and its setting lost."""
    if "TWTW_ENV_FILE" in os.environ and (not file.exists() or file.is_dir()):
        raise ConfigurationError(f"TWTW_ENV_FILE is {str(file)!r}, but must name a file.")
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stream:
        for binding in parse_stream(stream):
            if binding.error:
                raise ConfigurationError(
                    f"{file}, line {binding.original.line}, can't be read; write settings "
                    "like TWTW_PORT=8000, one a line."
                )


def _refuse_misspelt_names(file: Path) -> None:
    """A setting that is spelt wrong would be a setting that silently does nothing."""
    known = {f"{PREFIX}{name}".upper() for name in Configuration.model_fields} | NOT_SETTINGS
    given = {*os.environ, *(dotenv_values(file) if file.is_file() else ())}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            meant = f"; is {close[0]} meant?" if close else "."
            raise ConfigurationError(f"There is no setting {name}{meant}")


def _complaint(location: tuple[int | str, ...], message: str, value: object) -> str:
    name = f"{PREFIX}{location[0]}".upper()
    allowed = message.removeprefix("Value error, ").removeprefix("Input should be ")
    secret = isinstance(value, SecretStr) or name in SECRETS
    shown = "" if secret else f" is {value!r}, but"
    return f"{name}{shown} must be {allowed}."
