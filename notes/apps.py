"""Registers the room with Django."""

from django.apps import AppConfig
from django.db.models.signals import pre_save


class NotesConfig(AppConfig):
    name = "notes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.models import TaskState

        from notes.workflow import refuse_own_approval

        pre_save.connect(refuse_own_approval, sender=TaskState, dispatch_uid="own notes")
