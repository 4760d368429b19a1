"""Receiving a file without ever holding more of it than is allowed."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from areas.imports.tables import LARGEST_FILE

# Boundaries and the other fields of the form.
ROOM_FOR_THE_FORM = 64 * 1024


class LimitedUpload(FileUploadHandler):
    """Lets a file of too many bytes run past, unread and unkept; the fields of the form arrive all the same.

    What the browser announces is enough to refuse; what it does not announce is counted.
    """

    is_too_large = False

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, *more: Any) -> None:  # noqa: ARG002, N803 - Django's own
        """Hear how much is coming."""
        self.is_too_large = content_length > LARGEST_FILE + ROOM_FOR_THE_FORM

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip the file when too much was announced. Errors: SkipFile."""
        super().new_file(*args, **kwargs)
        if self.is_too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and pass on to the handlers behind. Errors: SkipFile."""
        if start + len(raw_data) > LARGEST_FILE:
            self.is_too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:  # noqa: ARG002 - the handlers behind keep the file
        """Leave the file to the handlers behind."""
        return None
