"""Receiving files straight to the disk they will lie on, hashed as they come: never a whole file in memory, never in /tmp.

The container of the web has little memory, and its /tmp is memory, too. A file that is done is moved to its place by renaming.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from applications.files.kinds import HEAD, LARGEST_FILE

# What one form may bring at a time; scripts send one by one.
MOST_AT_ONCE = 20


def incoming_folder() -> Path:
    """Where files lie while they are received: on the disk of the storage."""
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class IncomingFile(UploadedFile[bytes]):
    """A received file: where it lies, how long it is, what it begins with, and its SHA-256."""

    def __init__(self, name: str) -> None:
        handle, self._path = tempfile.mkstemp(dir=incoming_folder(), prefix="upload-")
        super().__init__(os.fdopen(handle, "w+b"), name, "application/octet-stream", 0)
        self.original_name = name
        self.head = b""
        self._digest = hashlib.sha256()

    def add(self, block: bytes) -> None:
        """The next bytes."""
        assert self.file is not None
        self.file.write(block)
        self._digest.update(block)
        self.size = (self.size or 0) + len(block)
        if len(self.head) < HEAD:
            self.head = (self.head + block)[:HEAD]

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def temporary_file_path(self) -> str:
        """The storage renames instead of copying when a file says where it lies."""
        return self._path

    def close(self) -> None:
        """Gone with the request, unless the storage has moved it away."""
        super().close()
        Path(self._path).unlink(missing_ok=True)


class StreamedUpload(FileUploadHandler):
    """Takes every file of a form; those too large, and those too many, run past unread and are named."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.too_large: list[str] = []
        self.too_many: list[str] = []
        self.taken = 0
        # Not `file`: Django closes what is called so, also when there is none.
        self.incoming: IncomingFile | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Errors: SkipFile."""
        super().new_file(*args, **kwargs)
        self.incoming = None
        if self.taken == MOST_AT_ONCE:
            self.too_many.append(self.file_name or "")
            raise SkipFile
        self.taken += 1
        self.incoming = IncomingFile(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what came. Errors: SkipFile when the file grows too large."""
        assert self.incoming is not None
        if start + len(raw_data) > LARGEST_FILE:
            self.too_large.append(self.incoming.original_name)
            self.upload_interrupted()
            raise SkipFile
        self.incoming.add(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:  # noqa: ARG002 - counted on the way
        """Hand it over."""
        if self.incoming is not None:
            self.incoming.flush()
            self.incoming.seek(0)
        return self.incoming

    def upload_interrupted(self) -> None:
        """Whoever was sending is gone: what came of this file goes, too."""
        if self.incoming is not None:
            self.incoming.close()
