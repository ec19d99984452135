"""Where renditions lie: one that an edition shows stays, whatever becomes of its picture.

A mail that was sent fetches its pictures for years. Wagtail deletes the files of renditions
when a picture gets another file, or is deleted from the library.
"""

from __future__ import annotations

from django.apps import apps
from django.core.files.storage import FileSystemStorage


class RenditionStorage(FileSystemStorage):
    """Files that can be deleted while no edition shows them."""

    def delete(self, name: str) -> None:
        # Named, not imported: Wagtail opens its storages before there are models.
        editions = apps.get_model("issues", "Edition").objects
        if not editions.filter(html__contains=self.url(name)).exists():
            super().delete(name)
