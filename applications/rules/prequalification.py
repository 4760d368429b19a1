"""Prequalification: is the application complete, so that the fund can begin to assess it.

Basis: Almenboligloven § 91 a, stk. 1, as worded since act no. 1561 of 18 December 2018, with the regulation of 11 December
2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 2.1, 3.4, 4.2, 4.3):
- R4, R5: significant problems, with six examples; the list is not exhaustive [SOURCE]
- R52: exposed departments and departments connected to them [SOURCE]; that each connection is explained, C14 line 4 [INFERRED]
- R44: coordination where a development plan binds the area [SOURCE]; that it is a text, R42 [INFERRED]
- R62-R66: description, master data, key figures, budget estimate, municipal recommendation [SOURCE, old]
- C10: completeness with key figures of each department or a reason, and exactly one municipality (Q16) [INFERRED]
- R63: master data are the register's own; that the applicant has gone through them is asked before they are sent [INFERRED]
- C14 line 1: each problem has a figure and a year [INFERRED]; advice, for not every problem can be counted
The recommendation is advice: a municipality that does not answer must not keep an applicant from applying, and the fund asks
for what is missing (R71). The same in every rule set, but for the rates of `cofinancing`.
"""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from applications.rules import cofinancing
from applications.rules.rule_sets import RuleSet, cite
from areas.rules.section_91a import PROBLEM_NAMES, Problem
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

# The problem types are § 91 a's own (R4, R5); forms and models know them from here.
__all__ = ["PROBLEM_NAMES", "UNITS", "Department", "Facts", "Problem", "check"]

ACT = "Almenboligloven § 91 a, stk. 1"

# In what a problem is usually counted; the applicant may count otherwise.
UNITS: Mapping[Problem, str] = MappingProxyType(
    {
        Problem.HIGH_RENT: gettext_noop("kr. pr. m² om året"),
        Problem.HIGH_MOVING_RATE: gettext_noop("procent fraflytninger om året"),
        Problem.SOCIAL_PROBLEMS: gettext_noop("procent af lejerne"),
        Problem.VIOLENCE: gettext_noop("anmeldelser om året"),
        Problem.VANDALISM: gettext_noop("anmeldelser om året"),
    }
)


@dataclasses.dataclass(frozen=True)
class Department:
    """A department of the application; outside the area it is a connected one and says why it takes part (R52)."""

    name: str
    is_in_area: bool
    reason: str = ""
    has_key_figures: bool = False
    key_figures_absence: str = ""
    is_confirmed: bool = False


@dataclasses.dataclass(frozen=True)
class Facts:
    rule_set: RuleSet
    housing_organisation_count: int
    municipality_count: int
    departments: tuple[Department, ...]
    challenges: str
    problems: frozenset[Problem]
    budget: cofinancing.Facts
    # Problems of which a figure and its year are stated.
    figures: frozenset[Problem] = frozenset()
    # Key figures as a file (D3) stand for those of every department.
    has_key_figures_attached: bool = False
    has_development_plan: bool = False
    coordination: str = ""
    has_municipal_recommendation: bool = False
    # A file of its own (D2) instead of the text in the portal, or beside it: documents.py counts its pages.
    has_description: bool = False


def check(facts: Facts) -> list[Violation]:
    """Return what is missing before the application can be submitted (C10), and what the fund will ask for."""
    return [
        *_parties(facts),
        *_departments(facts),
        *_master_data(facts),
        *_challenges(facts),
        *_problem_figures(facts),
        *_coordination(facts),
        *_amount_applied_for(facts),
        *cofinancing.check(facts.budget),
        *_key_figures(facts),
        *_recommendation(facts),
    ]


def _parties(facts: Facts) -> list[Violation]:
    basis = cite(facts.rule_set, act=ACT, numbers="C10")
    found = []
    if facts.housing_organisation_count < 1:
        found.append(
            Violation(
                "housing_organisation_missing",
                gettext_noop("Ansøgningen mangler en boligorganisation. Tilføj mindst én."),
                basis,
                field="housing_organisations",
                is_confirmed=False,
            )
        )
    if facts.municipality_count < 1:
        found.append(
            Violation(
                "municipality_missing",
                gettext_noop("Ansøgningen mangler kommunen. Vælg den kommune, området ligger i."),
                basis,
                field="municipality",
                is_confirmed=False,
            )
        )
    if facts.municipality_count > 1:
        found.append(
            Violation(
                "more_than_one_municipality",
                gettext_noop("Ansøgningen nævner %(count)s kommuner. En indsats hører til præcis én kommune."),
                cite(facts.rule_set, act=ACT, numbers="C10, Q16"),
                field="municipality",
                params={"count": str(facts.municipality_count)},
                is_confirmed=False,
            )
        )
    return found


def _departments(facts: Facts) -> list[Violation]:
    if not facts.departments:
        return [
            Violation(
                "department_missing",
                gettext_noop("Ansøgningen mangler afdelinger. Tilføj mindst én."),
                cite(facts.rule_set, act=ACT, numbers="R52, R63, C10"),
                field="departments",
            )
        ]
    return [
        Violation(
            "connection_not_explained",
            gettext_noop("%(department)s ligger uden for området. Skriv, hvordan afdelingen hænger sammen med det."),
            cite(facts.rule_set, act=ACT, numbers="R52"),
            field="departments",
            params={"department": department.name},
        )
        for department in facts.departments
        if not department.is_in_area and not department.reason.strip()
    ]


def _master_data(facts: Facts) -> list[Violation]:
    lacking = [department.name for department in facts.departments if not department.is_confirmed]
    if not lacking:
        return []
    return [
        Violation(
            "master_data_confirmation_missing",
            gettext_noop("Se stamdata efter, og bekræft dem, for: %(departments)s."),
            cite(facts.rule_set, act=ACT, numbers="R63, C10"),
            field="departments",
            params={"departments": ", ".join(lacking)},
            is_confirmed=False,
        )
    ]


def _problem_figures(facts: Facts) -> list[Violation]:
    lacking = [problem for problem in Problem if problem in facts.problems - facts.figures]
    return [
        Violation(
            "problem_without_figure",
            gettext_noop("%(problem)s: Skriv et tal og et årstal, hvis I har dem. De indgår i vurderingen."),
            cite(facts.rule_set, act=ACT, numbers="R5, C14"),
            field="problems",
            params={"problem": PROBLEM_NAMES[problem]},
            is_blocking=False,
            is_confirmed=False,
        )
        for problem in lacking
    ]


def _challenges(facts: Facts) -> list[Violation]:
    found = []
    if not facts.challenges.strip() and not facts.has_description:
        found.append(
            Violation(
                "challenges_not_described",
                gettext_noop("Beskriv områdets sociale udfordringer, eller læg en beskrivelse ind som bilag."),
                cite(facts.rule_set, act=ACT, numbers="R62, C10"),
                field="challenges",
                is_confirmed=False,
            )
        )
    if not facts.problems:
        found.append(
            Violation(
                "problem_not_named",
                gettext_noop("Vælg mindst ét af de væsentlige problemer, som indsatsen skal løse."),
                cite(facts.rule_set, act=ACT, numbers="R4, R5"),
                field="problems",
            )
        )
    return found


def _coordination(facts: Facts) -> list[Violation]:
    if not facts.has_development_plan or facts.coordination.strip():
        return []
    return [
        Violation(
            "coordination_not_described",
            gettext_noop("Området har en udviklingsplan. Beskriv, hvordan indsatsen er samordnet med den."),
            cite(facts.rule_set, act="Almenboligloven § 91 a, stk. 1, og § 168 a", numbers="R42, R44"),
            field="coordination",
        )
    ]


def _amount_applied_for(facts: Facts) -> list[Violation]:
    if facts.budget.fund > 0:
        return []
    return [
        Violation(
            "nothing_applied_for",
            gettext_noop("Skriv i budgettet, hvor meget I søger om fra Landsbyggefonden."),
            cite(facts.rule_set, act=ACT, numbers="R65, C10"),
            field="contributions",
            is_confirmed=False,
        )
    ]


def _key_figures(facts: Facts) -> list[Violation]:
    if facts.has_key_figures_attached:
        return []
    lacking = [
        department.name
        for department in facts.departments
        if not department.has_key_figures and not department.key_figures_absence.strip()
    ]
    if not lacking:
        return []
    return [
        Violation(
            "key_figures_missing",
            gettext_noop("Nøgletal (KÅS-tal) mangler for: %(departments)s. Skriv dem, eller skriv, hvorfor de mangler."),
            cite(facts.rule_set, act=ACT, numbers="R64, C10"),
            field="key_figures",
            params={"departments": ", ".join(lacking)},
            is_confirmed=False,
        )
    ]


def _recommendation(facts: Facts) -> list[Violation]:
    if facts.has_municipal_recommendation:
        return []
    return [
        Violation(
            "municipal_recommendation_missing",
            gettext_noop("Kommunens anbefaling mangler. Landsbyggefonden vil bede om den."),
            cite(facts.rule_set, act=ACT, numbers="R66"),
            is_blocking=False,
            is_confirmed=False,
        )
    ]
