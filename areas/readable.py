"""Key figures as people read them: each criterion year by year against its limit, and computed against published status."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from areas.charts import Chart, Point, chart
from areas.models.figures import Absence, KeyFigures
from areas.rules.classification import PUBLISHED, VERDICT_NAMES, Classification, classify
from areas.rules.criteria import FIELDS, NAMES, PER_CENT, PERSONS, Measure, Met, Row, Values
from areas.rules.standing import CATEGORIES, Status, YearAnswers
from lbf_portal.lib.danish import number

SECTION_61A, SECTION_61B = "§ 61 a", "§ 61 b"
# What the list says, in the words that a classification is compared with.
PUBLISHED_WORDS = {
    Status.CONVERSION_AREA: "omdannelsesområde",
    Status.PARALLEL_SOCIETY: "parallelsamfund",
    Status.EXPOSED: "udsat",
    Status.PREVENTION_AREA: "forebyggelsesområde",
}


def met_label(answer: Met) -> str:
    """The answer in the reader's language."""
    return {Met.MET: gettext("Opfyldt"), Met.NOT_MET: gettext("Ikke opfyldt"), Met.UNKNOWN: gettext("Ukendt")}[answer]


@dataclasses.dataclass(frozen=True)
class FigureLine:
    """A line of a criterion's table: one list, one law."""

    year: int
    law: str
    value: str
    limit: str
    distance: str
    answer: Met
    basis: str
    notes: tuple[str, ...]

    @property
    def answer_label(self) -> str:
        """The answer in the reader's language."""
        return met_label(self.answer)


@dataclasses.dataclass(frozen=True)
class CriterionFigures:
    """One criterion over the years."""

    measure: Measure
    title: str
    conclusion: str
    unit: str
    chart: Chart
    lines: tuple[FigureLine, ...]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What the values of a year lead to, beside what was published."""

    year: int
    computed: str
    published: str
    agrees: bool | None
    deciding: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    note: str
    sources: str


@dataclasses.dataclass(frozen=True)
class YearFigures:
    """The key figures of a list year, held against the law of that year."""

    figures: KeyFigures
    values: Values
    classification: Classification

    @property
    def year(self) -> int:
        """Of the list."""
        return self.figures.list_year

    def rows(self, measure: Measure) -> Iterable[tuple[str, Row]]:
        """The criterion in § 61 a, and in § 61 b from the year there was one. Their size is the same and stands once."""
        yield from ((SECTION_61A, row) for row in self.classification.rows if row.criterion.measure is measure)
        if measure is not Measure.RESIDENTS:
            rows = self.classification.prevention_rows
            yield from ((SECTION_61B, row) for row in rows if row.criterion.measure is measure)

    def value(self, measure: Measure) -> Decimal | None:
        """The value as published."""
        found = getattr(self.values, FIELDS[measure])
        return None if found is None else Decimal(found)

    def absence(self, measure: Measure) -> str:
        """Why there is no value; empty when there is one."""
        reason = getattr(self.figures, f"{FIELDS[measure]}_absence")
        return str(Absence(reason).label) if reason else ""


def held_against_the_law(figures: Iterable[KeyFigures]) -> list[YearFigures]:
    """Classify the figures of each year, the newest first."""
    read = []
    for one in sorted(figures, key=lambda figures: figures.list_year, reverse=True):
        values = one.facts()
        read.append(YearFigures(one, values, classify(values, year=one.list_year)))
    return read


def criteria(years: list[YearFigures]) -> list[CriterionFigures]:
    """Every criterion of the law, with its chart and its table."""
    return [_criterion(measure, years) for measure in Measure] if years else []


def _criterion(measure: Measure, years: list[YearFigures]) -> CriterionFigures:
    lines = tuple(line for year in years for line in _lines(measure, year))
    latest = next((row for year in years for law, row in year.rows(measure) if law == SECTION_61A), None)
    return CriterionFigures(
        measure=measure,
        title=gettext(NAMES[measure]),
        conclusion=_conclusion(years[0].year, latest) if latest else "",
        unit=gettext(PERSONS if measure is Measure.RESIDENTS else PER_CENT),
        chart=chart([_point(measure, year) for year in years]),
        lines=lines,
    )


def _conclusion(year: int, row: Row) -> str:
    """Say it in a sentence: `2023: 41,2 pct. (grænse: mere end 40). Opfyldt.`."""
    sentence = row.reasons[0].sentence(gettext, date_format)
    return f"{year}: {sentence.removeprefix(gettext(row.name)).lstrip(': ')}"


def _point(measure: Measure, year: YearFigures) -> Point:
    row = next((row for law, row in year.rows(measure) if law == SECTION_61A), None)
    return Point(year.year, year.value(measure), row.limit if row else None, row.answer if row else Met.UNKNOWN)


def _lines(measure: Measure, year: YearFigures) -> Iterable[FigureLine]:
    value, absence = year.value(measure), year.absence(measure)
    shown = number(value) if value is not None else absence
    rows = list(year.rows(measure))
    if not rows:
        limit = gettext("Ikke fundet i kilderne")
        yield FigureLine(year.year, SECTION_61A, shown, limit, "", Met.UNKNOWN, "", ())
    for law, row in rows:
        yield FigureLine(
            year=year.year,
            law=law,
            value=shown,
            limit=f"{gettext(row.criterion.operator.words)} {number(row.limit)}" if row.limit is not None else "",
            distance=_distance(row.distance),
            answer=row.answer,
            basis=row.basis,
            notes=tuple(_notes(row)),
        )


def _distance(distance: Decimal | None) -> str:
    if distance is None:
        return ""
    if distance == 0:
        return gettext("på grænsen")
    text = gettext("%(distance)s over") if distance > 0 else gettext("%(distance)s under")
    return text % {"distance": number(abs(distance))}


def _notes(row: Row) -> Iterable[str]:
    """What to know before relying on the answer."""
    if row.is_said:
        yield gettext("Efter kilden, som ikke oplyser værdien.")
    yield from (reason.sentence(gettext, date_format) for reason in row.reasons[1:])


def comparisons(years: Iterable[YearFigures], timeline: Mapping[int, YearAnswers]) -> list[Comparison]:
    """Year by year, the computed status beside the published one: that of the list, else that of the figures' source."""
    return [_comparison(year, timeline.get(year.year)) for year in years]


def _comparison(year: YearFigures, listed: YearAnswers | None) -> Comparison:
    found = year.classification
    published = _published(listed) or year.figures.category_published
    return Comparison(
        year=year.year,
        computed=gettext(found.status_name),
        published=_published_label(published),
        agrees=found.agrees_with(published),
        deciding=tuple(gettext(row.name) for row in found.deciding),
        reasons=tuple((reason.sentence(gettext, date_format), reason.basis) for reason in found.reasons),
        note=year.figures.note,
        sources=year.figures.sources,
    )


def _published(listed: YearAnswers | None) -> str:
    """What the list says, as far as it says anything."""
    if listed is None or not listed.is_held:
        return ""
    if listed.highest:
        return PUBLISHED_WORDS[listed.highest]
    return "not_listed" if listed.is_outside_section_61a else ""


def _published_label(published: str) -> str:
    """The published status in today's words, except that a conversion area is one."""
    names = {word: status for status, word in PUBLISHED_WORDS.items()}
    if published in names:
        return gettext(CATEGORIES[names[published]].name)
    return gettext(VERDICT_NAMES[PUBLISHED[published]]) if published in PUBLISHED else gettext("Ukendt")
