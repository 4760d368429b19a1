"""Judges criterion values by §§ 61 a and 61 b and compares with the published status: `classify_areas FILE [--json]`."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from areas.imports import criterion_values
from areas.imports.criterion_values import CriterionValues
from areas.rules.classification import Classification, classify
from areas.rules.criteria import Met
from lbf_portal.lib.refusals import Refused

Judged = tuple[CriterionValues, Classification]

# The criteria stand in the order of `Measure`, as in the JSON.
HEADER = ["Række", "Liste", "Område", "Arbejde", "Dømte", "Skole", "Indkomst", "Ikke-vestl.", "Beboere", "Efter værdierne"]
HEADER += ["Offentliggjort", "Stemmer"]
ANSWERS = {Met.MET: "ja", Met.NOT_MET: "nej", Met.UNKNOWN: "?"}
AGREES = {True: "ja", False: "NEJ", None: "-"}


class Command(BaseCommand):
    help = (
        "Judges the rows of a file with the columns of area_criteria_values.csv (or criteria_values_before_2018.csv) by the "
        "wording of the law that held for each list, and says whether the published status agrees. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print a JSON array, an object per row")

    def handle(self, *, file: Path, json: bool, **_options: Any) -> None:
        """Reads the whole file before anything is printed."""
        try:
            rows = criterion_values.read_path(file)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        judged = [(row, classify(row.values, year=row.year)) for row in rows]
        self.stdout.write(_as_json(judged) if json else _as_text(judged))


def _as_json(judged: Sequence[Judged]) -> str:
    return json.dumps([_object(row, found) for row, found in judged], ensure_ascii=False, indent=1)


def _object(row: CriterionValues, found: Classification) -> dict[str, Any]:
    return {
        "list_year": row.year,
        "area_id": row.area_key,
        "criteria": found.criteria,
        "status": found.status,
        "published": row.published,
        "agrees": found.agrees_with(row.published),
    }


def _as_text(judged: Sequence[Judged]) -> str:
    """A table for people, what it comes to, and what to know before relying on it."""
    agrees = [found.agrees_with(row.published) for row, found in judged]
    table = [
        [
            str(row.row),
            str(row.year),
            row.area_key,
            *(ANSWERS[answer] for answer in found.criteria.values()),
            str(found.status),
            row.published or "-",
            AGREES[agreed],
        ]
        for (row, found), agreed in zip(judged, agrees, strict=True)
    ]
    summary = (
        f"Rækker: {len(judged)}. Afgjort og sammenlignet: {len(judged) - agrees.count(None)}. "
        f"Stemmer: {agrees.count(True)}. Stemmer ikke: {agrees.count(False)}."
    )
    return "\n".join([*_aligned([HEADER, *table]), "", summary, *_notes(judged)])


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]


def _notes(judged: Sequence[Judged]) -> Iterator[str]:
    for row, found in judged:
        for contradicted in found.contradictions:
            yield f"Række {row.row}: Kilden siger det modsatte af værdien for »{contradicted.name}«. Værdien er brugt."
    if presumed := ", ".join(str(row.row) for row, found in judged if found.presumes_size):
        yield f"Beboertallet mangler i række {presumed}. Svaret forudsætter mindst 1.000 beboere."
