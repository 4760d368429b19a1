"""Brings in earlier prequalified cases: `import_prequalified FILE [--dry-run] [--json]`; all rows, or none.

Its JSON is a contract with scripts: `{"rows": n, "imported": [{"reference", "case"}], "already": [{"reference", "case"}],
"refused": [{"row", "reason"}]}`. In a dry run `case` is null for what would come in.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SYSTEM
from applications.imports import prequalified
from applications.transitions.earlier_cases import Imported, import_prequalified
from lbf_portal.lib.refusals import Refused


class Command(BaseCommand):
    help = (
        "Brings in earlier prequalified cases, CSV or XLSX (docs/howto/import-prequalified.md), to be moved by "
        "transfer_prequalified. The same file again changes nothing. Exit code 1 when a row was refused; then none came in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, file: Path, dry_run: bool, json: bool, **_options: Any) -> None:
        """Reads and checks every row before anything is written."""
        try:
            read = prequalified.read_path(file, on=timezone.localdate())
            result = import_prequalified(read, by=SYSTEM, at=timezone.now(), dry_run=dry_run)
        except Refused as refused:
            # A file that is refused as a whole is refused at its header.
            self._tell(Imported(refused=[(1, str(refused))]), as_json=json)
            raise CommandError(str(refused)) from None
        self._tell(result, as_json=json)
        if result.refused:
            raise CommandError(f"{len(result.refused)} rækker er afvist. Ingen sager er lagt ind.")

    def _tell(self, result: Imported, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(_summary(result), ensure_ascii=False))
            return
        counts = (result.rows, len(result.imported), len(result.already), len(result.refused))
        self.stdout.write("Rækker: {}. Nye sager: {}. Lagt ind før: {}. Afviste: {}.".format(*counts))
        for reference, case in result.imported:
            self.stdout.write(f"{reference}: sag {case}" if case else f"{reference}: ny sag")
        for row, reason in result.refused:
            self.stdout.write(f"Række {row}: {reason}")


def _summary(result: Imported) -> dict[str, Any]:
    return {
        "rows": result.rows,
        "imported": [{"reference": reference, "case": case} for reference, case in result.imported],
        "already": [{"reference": reference, "case": case} for reference, case in result.already],
        "refused": [{"row": row, "reason": reason} for row, reason in result.refused],
    }
