"""Whether departments can be supported under § 91 a on a date, whether they come first, and why.

Basis: Almenboligloven § 91 a, stk. 1, as worded since act no. 1561 of 18 December 2018 (grants 2019-26), with the regulation of
11 December 2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 2.1, 3.4, 4.2, 13):
- R4, R5: exposed departments in which significant problems have been found; the six examples are not exhaustive [SOURCE]
- R52: departments of the area, and departments connected to them [SOURCE]; that a connection has a reason, and that a department
  of the area itself takes part, C14 line 4 [INFERRED]
- R56: departments of housing organisations [SOURCE], youth and elderly dwellings of other owners [SOURCE, old]
- R53: areas under § 61 a come first [SOURCE]; a plan over several areas comes first when one department lies in such an area,
  and the share of residents is shown, Q15 [INFERRED]
- R54, Q10: a prevention area (§ 61 b) is shown and gives no priority by itself [INFERRED]
- R60: money goes first to the most exposed areas [SOURCE]; shown, it decides nothing here
- Q16: one municipality a plan, unless the fund says otherwise [INFERRED]
- R42, R44: the effort is coordinated with others, in particular with a development plan, on a list or not [SOURCE]

To be supported an area need not stand on a list: the problems decide. Nobody is told "no" because something is not stated yet.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from areas.rules.eligibility import DepartmentAnswer, Eligibility, Finding, Place, Question, ResidentShare, all_of, any_of
from areas.rules.standing import CATEGORIES, LISTS_ARE_PUBLISHED, PLAN, PRIORITY, Answer, Reason, Standing, Status
from lbf_portal.lib.words import gettext_noop

# A sentence names so many departments or areas; the table beside it has them all.
MOST_NAMED = 5

ACT = "Almenboligloven § 91 a, stk. 1"
REGULATION = "Regulativet af 11. december 2019"
DEPARTMENTS = f"{ACT}; {REGULATION}; R52"
OWNERS = f"{REGULATION}; R56"
PROBLEMS = f"{ACT}; R4, R5"
ONE_MUNICIPALITY = f"{ACT}; Q16"
MOST_EXPOSED = f"{REGULATION}; R60"
PREVENTION = "Almenboligloven § 61 b; R54, Q10"
SEVERAL_AREAS = f"{REGULATION}; R53, Q15"


class Problem(enum.StrEnum):
    """The examples of the act (R5), and the rest that R4 leaves room for."""

    HIGH_RENT = "HIGH_RENT"
    HIGH_MOVING_RATE = "HIGH_MOVING_RATE"
    SOCIAL_PROBLEMS = "SOCIAL_PROBLEMS"
    VIOLENCE = "VIOLENCE"
    VANDALISM = "VANDALISM"
    WEAR = "WEAR"
    OTHER = "OTHER"


PROBLEM_NAMES: Mapping[Problem, str] = MappingProxyType(
    {
        Problem.HIGH_RENT: gettext_noop("Høj husleje"),
        Problem.HIGH_MOVING_RATE: gettext_noop("Høj flyttefrekvens"),
        Problem.SOCIAL_PROBLEMS: gettext_noop("Stor andel af lejere med sociale problemer"),
        Problem.VIOLENCE: gettext_noop("Vold"),
        Problem.VANDALISM: gettext_noop("Hærværk"),
        Problem.WEAR: gettext_noop("Nedslidning af bygninger eller friarealer"),
        Problem.OTHER: gettext_noop("Andre væsentlige problemer"),
    }
)

# Owners that the regulation covers (R56), and whether the present regulation is known to say so.
COVERED_OWNERS: Mapping[str, bool] = MappingProxyType(
    {
        "DEPARTMENT": True,
        "YOUTH_SELF_OWNING": False,
        "ELDERLY_SELF_OWNING": False,
        "ELDERLY_MUNICIPAL": False,
        "ELDERLY_REGIONAL": False,
    }
)


@dataclasses.dataclass(frozen=True)
class Area:
    """A housing area with what it is in the eyes of the law on the day."""

    key: str
    name: str
    standing: Standing


@dataclasses.dataclass(frozen=True)
class Connection:
    """How a department outside an area hangs together with it (R52)."""

    area: Area
    reason: str


@dataclasses.dataclass(frozen=True)
class Department:
    """A department as the registers have it on the day; `residents` is None without a count."""

    key: str
    name: str
    owner_kind: str
    municipality: str
    area: Area | None = None
    connection: Connection | None = None
    residents: int | None = None


@dataclasses.dataclass(frozen=True)
class Facts:
    """The departments asked about; `problems` is None while nobody has been asked for them."""

    on: datetime.date
    departments: tuple[Department, ...]
    problems: frozenset[Problem] | None = None


@dataclasses.dataclass(frozen=True)
class _PlaceRule:
    """Whether a department in this place can take part, said of one and of several."""

    answer: Answer
    of_one: str
    of_all: str
    is_confirmed: bool = True


_PLACES: Mapping[Place, _PlaceRule] = MappingProxyType(
    {
        Place.IN_AREA: _PlaceRule(
            Answer.YES,
            gettext_noop("Afdelingen ligger i %(area)s."),
            gettext_noop("Ligger i et boligområde (%(count)s): %(departments)s."),
        ),
        Place.CONNECTED: _PlaceRule(
            Answer.YES,
            gettext_noop("Afdelingen er knyttet til %(area)s med en begrundelse."),
            gettext_noop("Er knyttet til et boligområde med en begrundelse (%(count)s): %(departments)s."),
        ),
        Place.CONNECTED_UNEXPLAINED: _PlaceRule(
            Answer.UNKNOWN,
            gettext_noop("Afdelingen er knyttet til %(area)s uden en begrundelse."),
            gettext_noop(
                "Er knyttet til et boligområde uden en begrundelse (%(count)s): %(departments)s. Skriv, hvordan afdelingen "
                "hænger sammen med området."
            ),
            is_confirmed=False,
        ),
        Place.CONNECTED_ELSEWHERE: _PlaceRule(
            Answer.UNKNOWN,
            gettext_noop("Afdelingen er knyttet til %(area)s, hvor ingen af de valgte afdelinger ligger."),
            gettext_noop(
                "Er knyttet til et boligområde, hvor ingen af de valgte afdelinger ligger (%(count)s): %(departments)s. Tag en "
                "afdeling i området med."
            ),
            is_confirmed=False,
        ),
        Place.OUTSIDE: _PlaceRule(
            Answer.NO,
            gettext_noop("Afdelingen ligger ikke i et boligområde i registeret og er ikke knyttet til et."),
            gettext_noop(
                "Ligger ikke i et boligområde i registeret og er ikke knyttet til et (%(count)s): %(departments)s. Skriv i "
                "ansøgningen, hvordan afdelingen hænger sammen med området, bed Landsbyggefonden rette registeret, eller tag "
                "afdelingen ud."
            ),
        ),
    }
)


def eligibility(facts: Facts) -> Eligibility:
    """Say whether the departments can be supported together, whether they come first, and what they have to coordinate with."""
    areas = _areas_of(facts)
    departments = tuple(_department(department, areas) for department in facts.departments)
    most_exposed = _most_exposed(departments)
    return Eligibility(
        on=facts.on,
        list_published_on=_list_published_on(facts),
        findings=(
            _departments(facts, areas),
            _owners(facts),
            _problems(facts),
            _municipality(facts),
            _priority(facts, areas),
            _development_plan(facts),
        ),
        departments=departments,
        residents=_residents(facts),
        most_exposed=most_exposed,
        information=tuple(_information(most_exposed, departments)),
    )


def _areas_of(facts: Facts) -> dict[str, Area]:
    """Areas that departments lie in, by key, in the order of the departments."""
    return {department.area.key: department.area for department in facts.departments if department.area}


def _all_areas(facts: Facts) -> list[Area]:
    """Areas that departments lie in, then those that others are connected to, each once."""
    connected = {one.connection.area.key: one.connection.area for one in facts.departments if one.connection and not one.area}
    return list((_areas_of(facts) | connected).values())


def _list_published_on(facts: Facts) -> datetime.date | None:
    """The day of the list that all the areas were read from."""
    return next((area.standing.list_published_on for area in _all_areas(facts)), None)


def _names(things: Iterable[Area | Department]) -> str:
    """Names in a row; of many the first few."""
    names = [thing.name for thing in things]
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


# Department by department


def _place(department: Department, areas: Mapping[str, Area]) -> Place:
    """R52: in an area, or connected to an area of the effort with a reason."""
    if department.area:
        return Place.IN_AREA
    if department.connection is None:
        return Place.OUTSIDE
    if not department.connection.reason.strip():
        return Place.CONNECTED_UNEXPLAINED
    return Place.CONNECTED if department.connection.area.key in areas else Place.CONNECTED_ELSEWHERE


def _owner(department: Department) -> tuple[Answer, tuple[Reason, ...]]:
    """R56; of a department of a housing organisation nothing need be said."""
    is_confirmed = COVERED_OWNERS.get(department.owner_kind)
    if is_confirmed is None:
        return Answer.NO, (Reason(gettext_noop("Reglerne omfatter ikke boligernes ejer."), OWNERS),)
    if is_confirmed:
        return Answer.YES, ()
    text = gettext_noop(
        "Ungdoms- og ældreboliger, som en selvejende institution, en kommune eller en region ejer, er også omfattet."
    )
    return Answer.YES, (Reason(text, OWNERS, is_confirmed=False),)


def _department(department: Department, areas: Mapping[str, Area]) -> DepartmentAnswer:
    """What it is and whether it can take part. A connected department has no share in the status of the area."""
    place = _place(department, areas)
    rule = _PLACES[place]
    connection = None if department.area else department.connection
    area = department.area or (connection.area if connection else None)
    standing = department.area.standing if department.area else None
    owner, of_owner = _owner(department)
    of_place = Reason(rule.of_one, DEPARTMENTS, {"area": area.name} if area else {}, rule.is_confirmed)
    return DepartmentAnswer(
        key=department.key,
        name=department.name,
        answer=all_of((rule.answer, owner)),
        place=place,
        area_key=area.key if area else "",
        area_name=area.name if area else "",
        statuses=tuple(status for status in CATEGORIES if standing.statuses[status] is Answer.YES) if standing else (),
        has_priority=standing.has_priority if standing else Answer.NO,
        residents=department.residents,
        connection_reason=connection.reason if connection else "",
        reasons=(of_place, *of_owner),
    )


def _named(text: str, basis: str, departments: Sequence[Department], *, is_confirmed: bool = True) -> Reason:
    """A sentence on some of the departments, that says how many and which."""
    return Reason(text, basis, {"count": Decimal(len(departments)), "departments": _names(departments)}, is_confirmed)


# The conditions


def _departments(facts: Facts, areas: Mapping[str, Area]) -> Finding:
    """R52: every department lies in an area or is connected to it; what does not is told first."""
    if not facts.departments:
        text = gettext_noop("Ingen afdelinger er valgt. Vælg mindst én.")
        return Finding(Question.DEPARTMENTS, Answer.NO, (Reason(text, DEPARTMENTS),))
    by_place: dict[Place, list[Department]] = {}
    for department in facts.departments:
        by_place.setdefault(_place(department, areas), []).append(department)
    answer = all_of(_PLACES[place].answer for place in by_place)
    told = [place for place in by_place if (_PLACES[place].answer is Answer.YES) is (answer is Answer.YES)]
    return Finding(
        Question.DEPARTMENTS,
        answer,
        tuple(
            _named(_PLACES[place].of_all, DEPARTMENTS, by_place[place], is_confirmed=_PLACES[place].is_confirmed)
            for place in sorted(told, key=list(Place).index)
        ),
    )


def _owners(facts: Facts) -> Finding:
    """R56: the regulation covers every owner."""
    covered = [department for department in facts.departments if department.owner_kind in COVERED_OWNERS]
    not_covered = [department for department in facts.departments if department.owner_kind not in COVERED_OWNERS]
    if not_covered:
        text = gettext_noop(
            "Ejeren er ikke en af dem, som reglerne omfatter (%(count)s): %(departments)s. Reglerne omfatter "
            "boligorganisationers afdelinger, selvejende ungdoms- og ældreboliger og kommuners og regioners ældreboliger."
        )
        return Finding(Question.OWNERS, Answer.NO, (_named(text, OWNERS, not_covered),))
    reasons = []
    if others := [department for department in covered if not COVERED_OWNERS[department.owner_kind]]:
        text = gettext_noop(
            "Ungdoms- og ældreboliger, som en selvejende institution, en kommune eller en region ejer, er også omfattet "
            "(%(count)s): %(departments)s."
        )
        reasons.append(_named(text, OWNERS, others, is_confirmed=False))
    if len(others) < len(covered):
        reasons.append(Reason(gettext_noop("Afdelinger i boligorganisationer er omfattet."), OWNERS))
    return Finding(Question.OWNERS, Answer.of(True if covered else None), tuple(reasons))


def _problems(facts: Facts) -> Finding:
    """R4-R5: significant problems are named. A list may support them; that none is named yet does not mean there are none."""
    if facts.problems:
        text = gettext_noop("Nævnt: %(problem)s.")
        named = [problem for problem in Problem if problem in facts.problems]
        reasons = [Reason(text, PROBLEMS, {"problem": PROBLEM_NAMES[problem]}) for problem in named]
        return Finding(Question.PROBLEMS, Answer.YES, tuple(reasons))
    text = gettext_noop(
        "Der er endnu ikke nævnt et væsentligt problem af økonomisk, social eller anden karakter. Nævn mindst ét; lovens seks "
        "eksempler er ikke udtømmende."
    )
    return Finding(Question.PROBLEMS, Answer.UNKNOWN, (Reason(text, PROBLEMS),))


def _municipality(facts: Facts) -> Finding:
    """Q16: one municipality approves the plan; the fund may allow more, so several are unknown and not a no."""
    names = sorted({department.municipality for department in facts.departments})
    if not names:
        return Finding(Question.MUNICIPALITY, Answer.UNKNOWN, ())
    if len(names) == 1:
        text = gettext_noop("Alle afdelinger ligger i samme kommune: %(municipality)s.")
        return Finding(Question.MUNICIPALITY, Answer.YES, (Reason(text, ONE_MUNICIPALITY, {"municipality": names[0]}),))
    text = gettext_noop(
        "Afdelingerne ligger i %(count)s kommuner: %(municipalities)s. En helhedsplan hører til én kommune, medmindre "
        "Landsbyggefonden tillader andet. Del dem i flere ansøgninger, eller spørg Landsbyggefonden."
    )
    several = Reason(
        text, ONE_MUNICIPALITY, {"count": Decimal(len(names)), "municipalities": ", ".join(names)}, is_confirmed=False
    )
    return Finding(Question.MUNICIPALITY, Answer.UNKNOWN, (several,))


# What follows


def _priority(facts: Facts, areas: Mapping[str, Area]) -> Finding:
    """R53, Q15: one department in an area under § 61 a is enough; a connected department gives no priority (R52)."""
    answers = [area.standing.has_priority for area in areas.values()]
    answer = any_of(answers) if answers or not facts.departments else Answer.NO
    of_lists = _reasons_of_lists(facts)
    published_on = _list_published_on(facts)
    if not facts.departments:
        return Finding(Question.PRIORITY, answer, ())
    if not areas:
        text = gettext_noop("Ingen af afdelingerne ligger i et boligområde, så ingen af dem giver fortrin efter § 61 a.")
        return Finding(Question.PRIORITY, answer, (Reason(text, PRIORITY),))
    if published_on is None:
        return Finding(Question.PRIORITY, answer, of_lists)
    texts = {
        Answer.YES: gettext_noop("Omfattet af § 61 a efter listen af %(day)s: %(areas)s. Indsatsen skal prioriteres."),
        Answer.NO: gettext_noop(
            "Ikke omfattet af § 61 a efter listen af %(day)s: %(areas)s. Indsatsen har ikke fortrin efter reglen."
        ),
        Answer.UNKNOWN: gettext_noop("Det er ukendt, om %(areas)s er omfattet af § 61 a efter listen af %(day)s."),
    }
    concerned = [area for area in areas.values() if area.standing.has_priority is answer]
    reasons = [Reason(texts[answer], PRIORITY, {"areas": _names(concerned), "day": published_on})]
    if answer is Answer.YES and len(concerned) < len(areas):
        text = gettext_noop("Det er nok, at mindst én af afdelingerne ligger i et område efter § 61 a.")
        reasons.append(Reason(text, SEVERAL_AREAS, is_confirmed=False))
    return Finding(Question.PRIORITY, answer, (*reasons, *of_lists))


def _reasons_of_lists(facts: Facts) -> tuple[Reason, ...]:
    """That no list is held, or that newer ones are not: the same for all areas (R33)."""
    found = [reason for area in _all_areas(facts) for reason in area.standing.reasons if reason.basis == LISTS_ARE_PUBLISHED]
    return tuple(found[:1])


def _development_plan(facts: Facts) -> Finding:
    """R42, R44: a plan binds whatever the lists say. That none is registered is no proof that there is none."""
    bound = [area for area in _all_areas(facts) if area.standing.has_development_plan is Answer.YES]
    if bound:
        text = gettext_noop(
            "Bundet af en udviklingsplan: %(areas)s. Indsatsen skal koordineres med den, og ansøgningen skal beskrive hvordan."
        )
        return Finding(Question.DEVELOPMENT_PLAN, Answer.YES, (Reason(text, PLAN, {"areas": _names(bound)}),))
    text = gettext_noop(
        "Der er ikke registreret en udviklingsplan i portalen. Indsatsen skal koordineres med andre indsatser i området."
    )
    return Finding(Question.DEVELOPMENT_PLAN, Answer.UNKNOWN, (Reason(text, PLAN),))


def _residents(facts: Facts) -> ResidentShare:
    """Q15: of all residents that are counted, those of departments lying in areas under § 61 a."""

    def living_in(answer: Answer) -> int:
        return sum(
            department.residents or 0
            for department in facts.departments
            if department.area and department.area.standing.has_priority is answer
        )

    return ResidentShare(
        in_section_61a=living_in(Answer.YES),
        of_unknown=living_in(Answer.UNKNOWN),
        counted=sum(department.residents or 0 for department in facts.departments),
        without_count=sum(department.residents is None for department in facts.departments),
    )


def _most_exposed(departments: Iterable[DepartmentAnswer]) -> Status | None:
    """R60: the most severe status among the areas the departments lie in."""
    held = {status for department in departments for status in department.statuses}
    return next((status for status in CATEGORIES if status in held), None)


def _information(most_exposed: Status | None, departments: Sequence[DepartmentAnswer]) -> Iterable[Reason]:
    """What decides nothing here: that no list is needed (R4), § 61 b (R54), and that the most exposed come first (R60)."""
    if departments:
        text = gettext_noop("§ 91 a kræver ikke, at området står på en liste. Det afgørende er, om der er væsentlige problemer.")
        yield Reason(text, PROBLEMS)
    if any(Status.PREVENTION_AREA in department.statuses for department in departments):
        text = gettext_noop("Et forebyggelsesområde kan støttes, men giver ikke i sig selv fortrin.")
        yield Reason(text, PREVENTION, is_confirmed=False)
    if most_exposed:
        text = gettext_noop("Pengene går først til de mest udsatte områder. Den alvorligste status her er: %(status)s.")
        yield Reason(text, MOST_EXPOSED, {"status": CATEGORIES[most_exposed].name})
