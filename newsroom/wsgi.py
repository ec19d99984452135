"""The site as a WSGI application, for gunicorn."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


class Request(WSGIRequest):
    """A request whose words are UTF-8, as in all forms of ours, whatever its headers say of that.

    Django takes every codec that Python has at its word: `hex` raises before there is a page that
    could refuse, and `punycode` takes 20 minutes for the 2.5 MB that a form may have.
    """

    @property
    def encoding(self) -> str:
        return "utf-8"

    @encoding.setter
    def encoding(self, value: str) -> None:
        """Nothing changes it."""


class Application(WSGIHandler):
    """Django's, with our requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Application()
