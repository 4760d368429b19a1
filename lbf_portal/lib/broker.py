"""The demo's broker, made safe: a queue of files in which a message is there whole or not at all.

Kombu's own transport (5.7) opens the file under its final name and then writes it. A worker that looks in between takes an
empty file, cannot read it, and stops for good. Here a message is written beside the queue and moved into it.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel whose messages appear complete."""

    def _put(  # type: ignore[override]  # kombu's own classes disagree about the second name
        self, queue: str, payload: dict[str, Any], **_more: Any
    ) -> None:
        # By time first, as kombu names them, but to the nanosecond and of one length: the queue is read in the names' order.
        name = f"{monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        whole = Path(self.data_folder_out) / name
        part = whole.with_name(f"{name}.part")  # the reader passes it by: it takes only what ends in the queue's name
        try:
            part.write_text(dumps(payload), encoding="utf-8")
            part.replace(whole)
        except OSError as error:
            raise ChannelError(f"The message was not written to {whole}") from error


class Transport(filesystem.Transport):
    """Kombu's transport with the channel above; `lbf_portal.celery` puts it in the place of `filesystem://`."""

    Channel = Channel
