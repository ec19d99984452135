"""Takes in the files of a form without writing them to the disk, and no more than the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from notes.importing import NoteFile, NoteFormatError
from notes.importing.files import LARGEST_BYTES, shown_name

MOST_FILES = 30
MOST_BYTES = 60_000_000


class Uploads(FileUploadHandler):
    """Keeps a request's files, and for each that is too much the sentence why.

    What is too much is read to its end and forgotten: a browser whose words nobody reads shows
    its own error instead of our answer.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._taken: list[NoteFile | NoteFormatError] = []
        self._chunks: list[bytes] = []
        self._size = self._sum = self._skipped = 0

    def __iter__(self) -> Iterator[NoteFile | NoteFormatError]:
        """The files in their order; of each that was refused, the refusal."""
        yield from self._taken
        if self._skipped:
            yield NoteFormatError(
                "1 more file" if self._skipped == 1 else f"{self._skipped} more files",
                f"at most {MOST_FILES} files can come at once; drop the others afterwards.",
            )

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._chunks, self._size = [], 0
        if len(self._taken) >= MOST_FILES:
            self._skipped += 1
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > LARGEST_BYTES:
            self._refuse(f"it has more than {_mb(LARGEST_BYTES)}; make its pictures smaller.")
        if self._sum + self._size > MOST_BYTES:
            self._refuse(
                f"with those before it there are more than {_mb(MOST_BYTES)}; drop it afterwards."
            )
        self._chunks.append(raw_data)

    def file_complete(self, file_size: int) -> None:
        self._sum += self._size
        self._taken.append(NoteFile(shown_name(self.file_name or ""), b"".join(self._chunks)))

    def _refuse(self, sentence: str) -> None:
        self._chunks = []
        self._taken.append(NoteFormatError(shown_name(self.file_name or ""), sentence))
        raise SkipFile


def _mb(size: int) -> str:
    return f"{size // 1_000_000} MB"
