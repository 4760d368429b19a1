"""A real ClamAV answers: clean, found, or not at all."""

from __future__ import annotations

import io
import socket
import threading

import pytest

from applications.files import scanner
from applications.files.kinds import LARGEST_FILE
from tests.applications.files import made
from tests.clamav import Clamd


def test_a_clean_file_is_told_clean_and_by_whom(clamd: Clamd) -> None:
    answer = scanner.scan(io.BytesIO(made.pdf("hej")), clamd.address)

    assert answer.found == ""
    assert answer.scanner.startswith("ClamAV ")


@pytest.mark.parametrize(
    "content", [made.EICAR, made.docx("hej", more={"word/media/a.txt": made.EICAR})], ids=["plain", "in a docx"]
)
def test_eicar_is_found(clamd: Clamd, content: bytes) -> None:
    assert scanner.scan(io.BytesIO(content), clamd.address).found == "LBF.Eicar.UNOFFICIAL"


def test_the_largest_file_is_scanned_to_its_end(clamd: Clamd) -> None:
    content = b"\0" * (LARGEST_FILE - len(made.EICAR)) + made.EICAR

    assert scanner.scan(io.BytesIO(content), clamd.address).found == "LBF.Eicar.UNOFFICIAL"


def test_a_file_that_the_scanner_will_not_take_has_no_answer(clamd: Clamd) -> None:
    with pytest.raises(scanner.ScannerUnreachable):
        scanner.scan(io.BytesIO(b"\0" * (61 * 1024 * 1024)), clamd.address)


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1", "localhost:1"])
def test_nobody_at_the_address_is_no_answer(address: str) -> None:
    with pytest.raises(scanner.ScannerUnreachable):
        scanner.scan(io.BytesIO(b"x"), address)


@pytest.mark.parametrize("said", [b"", b"stream: OK", b"COMMAND UNAVAILABLE\0", b"stream: OK but\0", b"x" * 9000])
def test_anything_but_a_plain_answer_is_no_answer(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the real daemon above: what a broken one says."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            for words in (b"ClamAV 1\0", said):
                caller, _ = server.accept()
                with caller:
                    caller.settimeout(5)
                    caller.recv(65536)
                    caller.sendall(words)

        speaking = threading.Thread(target=answer)
        speaking.start()
        monkeypatch.setattr(scanner, "SECONDS_TO_ANSWER", 3)
        with pytest.raises(scanner.ScannerUnreachable):
            scanner.scan(io.BytesIO(b"x"), f"127.0.0.1:{port}")
        speaking.join()
