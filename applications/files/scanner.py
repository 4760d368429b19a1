"""ClamAV asked through its socket: the file is streamed to the daemon (INSTREAM), which answers clean or what it found.

Anything but a plain answer counts as no answer: a file stays in quarantine until the scanner has spoken.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import socket
import struct
from collections.abc import Iterator
from typing import Protocol

BLOCK = 64 * 1024
SECONDS_TO_CONNECT = 5
# The daemon unpacks and looks into everything before it answers.
SECONDS_TO_ANSWER = 120
LONGEST_ANSWER = 4096
_FOUND = re.compile(r"^stream: (?P<name>.+) FOUND$")


class ScannerUnreachable(Exception):
    """No answer, or one that says neither clean nor infected; asked again later."""


class Stream(Protocol):
    """What can be read, block by block."""

    def read(self, size: int, /) -> bytes: ...


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the scanner said, and which scanner it was; `found` is empty for a clean file."""

    scanner: str
    found: str = ""


def scan(stream: Stream, address: str) -> Answer:
    """Ask the daemon at the address (`/run/clamav/clamd.ctl` or `host:3310`). Errors: ScannerUnreachable."""
    try:
        scanner = _asked(address, b"zVERSION\0")
        with _connected(address) as daemon:
            daemon.sendall(b"zINSTREAM\0")
            while block := stream.read(BLOCK):
                daemon.sendall(struct.pack("!L", len(block)) + block)
            daemon.sendall(struct.pack("!L", 0))
            answer = _answer(daemon)
    except OSError as error:
        raise ScannerUnreachable(str(error)) from error
    if answer == "stream: OK":
        return Answer(scanner)
    if found := _FOUND.match(answer):
        return Answer(scanner, found["name"])
    raise ScannerUnreachable(answer)


def _asked(address: str, command: bytes) -> str:
    with _connected(address) as daemon:
        daemon.sendall(command)
        return _answer(daemon)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    with _local(address) if address.startswith("/") else _remote(address) as daemon:
        daemon.settimeout(SECONDS_TO_ANSWER)
        yield daemon


def _local(path: str) -> socket.socket:
    daemon = socket.socket(socket.AF_UNIX)
    daemon.settimeout(SECONDS_TO_CONNECT)
    try:
        daemon.connect(path)
    except OSError:
        daemon.close()
        raise
    return daemon


def _remote(address: str) -> socket.socket:
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_CONNECT)


def _answer(daemon: socket.socket) -> str:
    """The answer up to its closing zero. Errors: ScannerUnreachable when it ends before."""
    answer = b""
    while not answer.endswith(b"\0"):
        block = daemon.recv(LONGEST_ANSWER)
        if not block or len(answer) > LONGEST_ANSWER:
            raise ScannerUnreachable("the scanner ended its answer too early")
        answer += block
    return answer.rstrip(b"\0").decode(errors="replace").strip()
