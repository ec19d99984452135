"""Registers the room with Django."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"
