"""Holding a file against the registers: what each of its rows comes to, and what would be written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from areas.imports import Kind, ReadFile, Refusal, Row, RowRefused
from areas.models import RowOutcome
from areas.transitions.importing.area_lists import AreaListComparison
from areas.transitions.importing.compared import Comparison, Line
from areas.transitions.importing.departments import DepartmentComparison
from areas.transitions.importing.key_figures import KeyFiguresComparison
from areas.transitions.importing.municipalities import MunicipalityComparison
from areas.transitions.importing.organisations import OrganisationComparison
from lbf_portal.lib.words import gettext_noop

COMPARISONS: dict[Kind, Callable[[ReadFile], Comparison]] = {
    Kind.AREA_LIST: AreaListComparison,
    Kind.KEY_FIGURES: KeyFiguresComparison,
    Kind.MUNICIPALITIES: MunicipalityComparison,
    Kind.ORGANISATIONS: OrganisationComparison,
    Kind.DEPARTMENTS: DepartmentComparison,
}


def hold_against_registers(file: ReadFile, tick: Callable[[int], None]) -> tuple[Comparison, list[Line]]:
    """Compare every row with what is held now; return the comparison, ready to write, and the rows as previews show them."""
    comparison = COMPARISONS[file.kind](file)
    lines = [_refused(refusal) for refusal in file.refused]
    seen: dict[tuple[object, ...], int] = {}
    for done, row in enumerate(file.rows, start=1):
        tick(done)
        try:
            _refuse_twice(row, seen)
            compared = comparison.compare(row)
            seen[row.key] = row.row
        except RowRefused as why:
            lines.append(_refused(file.refusal(row.row, why), subject=row.subject))
        else:
            lines.append(
                Line(
                    number=row.row,
                    subject=row.subject,
                    outcome=compared.outcome,
                    before=compared.before,
                    after=compared.after,
                    computed=compared.computed,
                    published=compared.published,
                    agrees=compared.agrees,
                )
            )
    lines.sort(key=lambda line: line.number)
    return comparison, lines


def fingerprint(lines: list[Line]) -> str:
    """One number for all that a preview says: an import that would do otherwise has another."""
    said: list[Any] = [
        [line.number, line.outcome, line.before, line.after, line.reason, line.reason_params, line.computed, line.published]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _refuse_twice(row: Row, seen: dict[tuple[object, ...], int]) -> None:
    """A file says a thing once: the second row that says it is refused."""
    if row.key in seen:
        raise RowRefused(gettext_noop("Rækken gentager række %(first)s."), first=seen[row.key])


def _refused(refusal: Refusal, subject: str = "") -> Line:
    return Line(
        number=refusal.row,
        subject=subject,
        outcome=RowOutcome.REFUSED,
        reason=refusal.text,
        reason_params=refusal.params,
        cells=refusal.cells,
    )
