"""The demo's broker: a message is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from lbf_portal.lib.broker import Channel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where messages lie."""
    folder = tmp_path / "messages"
    folder.mkdir()
    return folder


@pytest.fixture
def channel(folder: Path) -> Iterator[Channel]:
    """A channel as `filesystem://` gives it: one of ours."""
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder.parent / "control")}
    with Connection("filesystem://", transport_options=options) as connection:
        opened = connection.channel()
        assert isinstance(opened, Channel)
        yield opened


def test_messages_come_out_as_they_went_in_and_in_order(channel: Channel) -> None:
    for number in range(3):
        channel._put("celery", {"body": f"æøå {number}"})
    assert [channel._get("celery") for _ in range(3)] == [{"body": f"æøå {number}"} for number in range(3)]
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_reader_never_meets_half_a_message(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    write, replace = Path.write_text, Path.replace

    def look() -> None:
        with pytest.raises(Empty):
            channel._get("celery")
        looked.append("nothing yet")

    def write_slowly(path: Path, text: str, **options: Any) -> int:
        write(path, "", **options)
        look()
        return write(path, text, **options)

    def replace_late(path: Path, target: Path) -> Path:
        look()
        return replace(path, target)

    monkeypatch.setattr(Path, "write_text", write_slowly)
    monkeypatch.setattr(Path, "replace", replace_late)
    channel._put("celery", {"body": "hel"})
    assert looked == ["nothing yet"] * 2
    assert channel._get("celery") == {"body": "hel"}


def test_a_folder_that_is_gone_is_told_as_an_error_of_the_channel(channel: Channel, folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(ChannelError):
        channel._put("celery", {"body": "tabt"})
