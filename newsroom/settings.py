"""Django's settings, derived from `newsroom.configuration`; nothing is decided here twice."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jinja2 import FileSystemLoader, PrefixLoader

from newsroom.configuration import ROOT, configuration

_our = configuration()
_site = urlsplit(_our.site_url)

BASE_DIR = ROOT
SECRET_KEY = _our.signing_key()
SECRET_KEY_FALLBACKS = [
    key.strip() for key in _our.former_secret_keys.get_secret_value().split(",") if key.strip()
]
DEBUG = _our.debug
ALLOWED_HOSTS = ["*"] if DEBUG else [_site.hostname or "", _our.host, "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
SITE_URL = _our.site_url

INSTALLED_APPS = [
    "notes",
    "issues",
    "subscribers",
    "delivery",
    "archive",
    "desk",
    "wagtail.contrib.table_block",
    # Wagtail's own, with our pages on accounts.
    "desk.accounts.apps.UsersAppConfig",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_countries",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Around all that may answer with a page: also the refusals of those below.
    "newsroom.readers_language.readers_language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "desk.accounts.second_factor.SecondFactorMiddleware",
    "desk.odd_queries.OddQueries",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        # The public pages: the same Jinja2 environment that makes the mail.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {
            "environment": "rendering.environment.web_environment",
            # Only web/: the desk's templates beside it are Django's.
            "loader": PrefixLoader({"web": FileSystemLoader(ROOT / "templates" / "web")}),
        },
    },
    {
        # The desk: Wagtail's own templates are Django's.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES: dict[str, dict[str, Any]]
if _our.database_url:
    _address = urlsplit(_our.database_url)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(_address.path.lstrip("/")),
            "USER": unquote(_address.username or ""),
            "PASSWORD": unquote(_address.password or ""),
            "HOST": _address.hostname or "",
            "PORT": str(_address.port or ""),
            "OPTIONS": dict(parse_qsl(_address.query)),
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _our.database_file,
            "OPTIONS": {
                # Without these 167 of 200 concurrent transactions failed; with them none did.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL, because in WAL mode NORMAL may forget committed transactions when the
                # power fails: a chunk that was handed over would be handed over again.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "archive.errors.form_not_accepted"

# Signing in to the desk, by django-allauth; Wagtail's own doors are shut.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
SECOND_FACTOR = _our.second_factor
if SECOND_FACTOR == "auto":
    SECOND_FACTOR = "publishers" if _site.scheme == "https" else "off"
# So long after the fifth wrong password or code for an account, or the thirtieth from a network.
LOCKED_MINUTES = 15
ACCOUNT_ADAPTER = "desk.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {"login": "desk.accounts.forms.SignInForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Allauth's own would begin a second list of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"30/{LOCKED_MINUTES}m/ip,5/{LOCKED_MINUTES}m/key",
    "reset_password": "20/h/ip,3/h/key",
}
MFA_ADAPTER = "desk.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# An account's address is what an administrator wrote, and was mailed an invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A code of the half minute before or after counts too: telephones' clocks differ.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "desk.accounts.forms.CodeForm",
    "reauthenticate": "desk.accounts.forms.CodeAgainForm",
    "add_webauthn": "desk.accounts.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "desk.accounts.passkeys.PasskeyForm",
    "login_webauthn": "desk.accounts.passkeys.PasskeyAloneForm",
    "reauthenticate_webauthn": "desk.accounts.passkeys.PasskeyAgainForm",
}

# The desk speaks one language; what readers see may be in another.
LANGUAGE_CODE = "en-gb"
READERS_LANGUAGE = _our.language
# The newsroom's own words before ours (`twtw translate`).
LOCALE_PATHS = [
    *([_our.templates / "locale"] if _our.templates is not None else []),
    ROOT / "locale",
]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = _our.state / "static"
STATICFILES_DIRS = [ROOT / "static"]
# In a checkout the files are served from where they are: no build step before the first start.
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "media/"
MEDIA_ROOT = _our.state / "media"

SESSION_ENGINE = "desk.accounts.sessions"
# A day's work; then everybody signs in again.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _site.scheme == "https"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = 0
if _site.scheme == "https":
    # Somebody in front of us speaks TLS; without such a one the header is anybody's word.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # And writes last in `X-Forwarded-For` who asked; what stands before that is anybody's word.
    TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = 1

WAGTAIL_SITE_NAME = MFA_TOTP_ISSUER = "The World This Week"
WAGTAILADMIN_BASE_URL = _our.site_url
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "desk.searching"}}
WAGTAILIMAGES_IMAGE_MODEL = "notes.Photo"
# Asked of the database each time: another process may have put another file in a picture's place,
# and what one remembers must not decide what an issue looks like.
CACHES = {
    # In the database, because all of the site's processes count wrong passwords together.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "desk_cache",
        # With Django's 300, whoever tries enough names would push the counts out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
WAGTAILIMAGES_RENDITION_STORAGE = "issues.pictures.RenditionStorage"
# An approved note is not public yet: it becomes so with its issue.
WAGTAIL_FINISH_WORKFLOW_ACTION = "notes.workflow.record_approval"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Who administers the desk is not thereby an editor: the groups of a workflow's step are told.
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "without_keys": {"()": "newsroom.log_lines.WithoutKeys"},
        "without_others_mistakes": {"()": "newsroom.log_lines.WithoutOthersMistakes"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_keys", "without_others_mistakes"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # At DEBUG this one prints the key and every address.
        "python_http_client": {"level": "WARNING"},
        # It warns of every answer to a HEAD that Django made with its body, and leaves that off.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}

# What the rooms may know of the configuration; they read it here and nowhere else.
EDITORS = list(_our.editors)
APPROVE_OWN_NOTES = _our.approve_own_notes
DELIVERY_TRANSPORT = _our.transport
TEMPLATES_OF_THE_NEWSROOM = _our.templates
CHECK_LINKS = _our.check_links == "on" or (
    _our.check_links == "auto" and _our.transport != "outbox"
)
INBOUND_ADDRESS = _our.inbound_address
INBOUND_KEY = _our.inbound_key.get_secret_value()
IMAP_HOST = _our.imap_host
IMAP_PORT = _our.imap_port
IMAP_SECURITY = _our.imap_security
IMAP_USER = _our.imap_user
IMAP_PASSWORD = _our.imap_password.get_secret_value()
IMAP_FOLDER = _our.imap_folder
SIGN_UPS_AN_HOUR = _our.sign_ups_an_hour
CONFIRMATIONS_A_MINUTE = _our.confirmations_a_minute
KEEP_UNCONFIRMED = timedelta(days=_our.keep_unconfirmed_days)
KEEP_EVENTS = timedelta(days=_our.keep_events_days)
KEEP_NETWORKS = timedelta(days=_our.keep_networks_days)
KEEP_RECORD = timedelta(days=_our.keep_record_days)
IMPORTS = _our.state / "imports"
DELIVERY_THREADS = _our.delivery_threads
SETTLING_MINUTES = _our.settling_minutes
OUTBOX = _our.outbox
SENDGRID_API_KEY = _our.sendgrid_api_key.get_secret_value()
SENDGRID_URL = (
    _our.sendgrid_url
    or {
        "global": "https://api.sendgrid.com",
        "eu": "https://api.eu.sendgrid.com",
    }[_our.sendgrid_region]
)
SENDGRID_TIMEOUT = _our.sendgrid_timeout
SENDGRID_EVENTS_KEY = _our.sendgrid_events_key
SMTP_HOST = _our.smtp_host
SMTP_PORT = _our.smtp_port
SMTP_SECURITY = _our.smtp_security
SMTP_USER = _our.smtp_user
SMTP_PASSWORD = _our.smtp_password.get_secret_value()
SMTP_TIMEOUT = _our.smtp_timeout
SMTP_RETURN_PATH = _our.smtp_return_path
