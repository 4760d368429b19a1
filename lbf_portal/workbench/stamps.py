"""What was already done, and for which inputs: a second start skips a step whose inputs did not change."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """One hash over the content of these files, and over any texts."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for text in more:
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


class Stamps:
    """One small file for each step, in the data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, name: str, value: str) -> bool:
        try:
            return (self.folder / name).read_text() == value
        except FileNotFoundError:
            return False

    def set(self, name: str, value: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(value)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
