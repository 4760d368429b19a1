"""Where things lie: the checkout, and the one folder that holds all state of this copy (`LBF_DATA_DIR`)."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    data: Path

    @classmethod
    def from_environment(cls) -> "Places":
        return cls(Path(os.environ.get("LBF_DATA_DIR") or PROJECT / ".data").resolve())

    def make(self) -> None:
        for folder in (self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Locks and sockets; worth nothing once everything has stopped."""
        return self.data / "run"

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def secret_key(self) -> str:
        """Made once for each data folder: sessions survive a restart, and two copies do not share them."""
        path = self.data / "secret_key"
        try:
            key = path.read_text().strip()
        except FileNotFoundError:
            key = ""
        if not key:
            key = secrets.token_urlsafe(60)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(key)
        return key
