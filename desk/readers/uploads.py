"""Takes in the file of a form block by block, straight into the folder of its import.

Nothing of it is held in memory. What is too large, or finds no room on the disk, is read to its
end and forgotten: a browser whose words nobody reads shows its own error instead of our answer.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from subscribers.importing.folders import DISK_FULL, Folder, Receiving, is_full

MOST_BYTES = 1_500_000_000
_TOO_LARGE = (
    f"The file has more than {MOST_BYTES / 1e9:.1f} GB. Divide it, or have it imported with "
    "`twtw readers import` on the newsroom's machine."
)


class FileToDisk(FileUploadHandler):
    """The first file of a request; `key` is its import's, `refusal` why there is none.

    Whoever does not begin an import with it calls `discard`.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.key: UUID = uuid4()
        self.size: int | None = None
        self.name = ""
        self.refusal = ""
        self._receiving: Receiving | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._receiving is not None or self.refusal or self.size is not None:
            raise SkipFile
        self.name = self.file_name or ""
        try:
            self._receiving = Receiving(Folder(self.key))
        except OSError as error:
            self._refuse_if_full(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._receiving is not None  # noqa: S101 - `new_file` has made it
        if self._receiving.size + len(raw_data) > MOST_BYTES:
            self._refuse(_TOO_LARGE)
        try:
            self._receiving.write(raw_data)
        except OSError as error:
            self._refuse_if_full(error)

    def file_complete(self, file_size: int) -> None:
        assert self._receiving is not None  # noqa: S101 - as above
        try:
            self.size = self._receiving.close()
        except OSError as error:
            if not is_full(error):
                raise
            self.discard()
            self.refusal = DISK_FULL

    def upload_interrupted(self) -> None:
        self.discard()

    def discard(self) -> None:
        """Leave nothing of it behind."""
        if self._receiving is not None:
            self._receiving.discard()
        self.size = None

    def _refuse_if_full(self, error: OSError) -> None:
        if not is_full(error):
            raise error
        self._refuse(DISK_FULL)

    def _refuse(self, why: str) -> None:
        self.discard()
        self.refusal = why
        raise SkipFile
