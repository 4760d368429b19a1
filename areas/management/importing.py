"""What the commands that take in files share; their JSON is a contract with scripts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from areas import imports
from areas.imports import Kind, ReadFile
from areas.models import ImportKind
from areas.transitions import ImportResult, import_files
from lbf_portal.lib.refusals import Refused


class ImportCommand(BaseCommand):
    """Reads files of some kinds, imports them in one transaction, and tells what came of every row."""

    kinds: ClassVar[frozenset[Kind]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, files: list[Path], dry_run: bool, json: bool, **_options: Any) -> None:
        """Reads every file before anything is written."""
        try:
            read = [self._read(path) for path in files]
            result = import_files(read, by=SYSTEM, dry_run=dry_run)
        except (Refused, CommandError) as refusal:
            self._tell({"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "refused": [_whole(str(refusal))]}, as_json=json)
            raise CommandError(str(refusal)) from None
        self._tell(_summary(result, name_files=len(files) > 1), as_json=json)
        if result.refused:
            raise CommandError(f"{len(result.refused)} rækker er afvist. De øvrige er {'prøvet' if dry_run else 'indlæst'}.")

    def _read(self, path: Path) -> ReadFile:
        file = imports.read_path(path)
        if file.kind not in self.kinds:
            found = ImportKind(file.kind).label.lower()
            wanted = ", ".join(sorted(ImportKind(kind).label.lower() for kind in self.kinds))
            raise CommandError(f"Filen {path.name} er af arten {found}. Denne kommando tager: {wanted}.")
        return file

    def _tell(self, summary: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        self.stdout.write(
            "Rækker: {rows}. Nye: {created}. Ændrede: {updated}. Uændrede: {unchanged}.".format(**summary),
        )
        for refusal in summary["refused"]:
            self.stdout.write(f"Række {refusal['row']}: {refusal['reason']}")


def _summary(result: ImportResult, *, name_files: bool) -> dict[str, Any]:
    return {
        "rows": result.rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "refused": [
            {"row": refused.row, "reason": f"{refused.file}: {refused.message}" if name_files else refused.message}
            for refused in result.refused
        ],
    }


def _whole(reason: str) -> dict[str, Any]:
    """A file that is refused as a whole is refused at its header."""
    return {"row": 1, "reason": reason}
