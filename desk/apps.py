"""Registers the room with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from wagtail.models import ReferenceIndex

        import desk.numbers  # noqa: F401 - registers a lookup
        from desk.telling import write_to_the_writers
        from issues.models import Issue
        from notes.models import Note

        write_to_the_writers()
        # Wagtail begins with it at the first request, and misses what the command line brings in.
        for model in (Note, Issue):
            ReferenceIndex.register_model(model)
