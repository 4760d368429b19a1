"""Takes in list files: `import_area_lists FILE… [--dry-run] [--json]`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from areas import list_files
from areas.transitions import ImportResult, import_area_lists
from lbf_portal.lib.refusals import Refused


class Command(BaseCommand):
    help = (
        "Imports area lists (columns of area_lists.csv, ghetto_lists_before_2018.csv or area_list_counts.csv). "
        "Exit code 1 when a row or a file was refused; a file that cannot be read changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, files: list[Path], dry_run: bool, json: bool, **_options: Any) -> None:
        """Reads every file before anything is written."""
        try:
            read = [list_files.read(path) for path in files]
        except Refused as refusal:
            self._tell({"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "refused": [_whole(str(refusal))]}, as_json=json)
            raise CommandError(str(refusal)) from None
        result = import_area_lists(read, by=SYSTEM, dry_run=dry_run)
        self._tell(_summary(result, name_files=len(files) > 1), as_json=json)
        if result.refused:
            raise CommandError(f"{len(result.refused)} rækker er afvist. De øvrige er {'prøvet' if dry_run else 'indlæst'}.")

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
            {"row": refusal.row, "reason": f"{refusal.file}: {refusal.message}" if name_files else refusal.message}
            for refusal in result.refused
        ],
    }


def _whole(reason: str) -> dict[str, Any]:
    """A file that is refused as a whole is refused at its header."""
    return {"row": 1, "reason": reason}
