"""The move of cases from earlier rule sets to the next one: who moves, what follows along, what is asked anew.

Basis: Almenboligloven § 91 a with the regulation of 11 December 2019 (in force 1 January 2020). Rule numbers and certainty
(domain.md, 4.1, 10, 13):
- R49: what was prequalified under earlier rules is moved to the regulation and governed by it from 1 January 2020 [SOURCE]
- R50: what had its commitment by then keeps its own rules [INFERRED]; G3: the rule set of a case changes by this and nothing
  else [SOURCE]
- R49 speaks of prequalified cases: one that is not prequalified yet stays, until it is [INFERRED]
- Q19: no mapping between effort areas was found, so what was chosen is put aside, kept and asked anew [INFERRED]
- an agreement made under the old rules names them and does not carry a decision under the new ones (R80, R85) [INFERRED]
A later regulation is another `Transition` in the table, with a mapping of effort areas where its authors give one; nothing
else in the portal changes.
"""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from applications.rules.papers import Paper, Stage
from applications.rules.rule_sets import RuleSet, cite, terms_of
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a"
# Papers that the move may ask for anew: those of a case that has no commitment yet.
STAGES_AHEAD = frozenset({Stage.PLAN, Stage.LOCAL_APPROVAL})


class Standing(enum.StrEnum):
    """Where a case stands, as far as the move asks."""

    NOT_PREQUALIFIED = "NOT_PREQUALIFIED"
    PREQUALIFIED = "PREQUALIFIED"
    COMMITTED = "COMMITTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


@dataclasses.dataclass(frozen=True)
class Transition:
    """From which rule sets to which, from which day, and what becomes of effort areas.

    `mapping` says which old effort area is which new one; what it does not name is put aside and asked anew.
    `carried` is what follows along, in words for the letter and the preview.
    """

    sources: frozenset[str]
    target: str
    day: date
    numbers: str
    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)
    carried: tuple[str, ...] = (
        gettext_noop("Sagsnummer, parter, boligområde og afdelinger"),
        gettext_noop("Prækvalifikationen med dens begrundelse"),
        gettext_noop("Udfordringer, budget, medfinansiering og ønsker om huslejestøtte"),
        gettext_noop("Helhedsplanens periode og tekst samt den lokale bestyrelse"),
        gettext_noop("Reservationen i rammen"),
    )

    @property
    def basis(self) -> str:
        """What the move is cited by."""
        return cite(self.target, act=ACT, numbers=self.numbers)


TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        RuleSet.R2019: Transition(
            sources=frozenset({RuleSet.R2011, RuleSet.R2015}),
            target=RuleSet.R2019,
            day=date(2020, 1, 1),
            numbers="R49, G3",
        ),
    }
)
LATEST = RuleSet.R2019


@dataclasses.dataclass(frozen=True)
class Goal:
    """A goal of the plan: how it is told from others, its effort area, and what is to be reached."""

    key: str
    effort_area: str
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the move needs to know of a case. `transition` is the one that is asked about."""

    transition: Transition
    rule_set: str
    standing: Standing
    effort_areas: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    has_plan: bool = False
    has_agreement: bool = False


class Anew(enum.StrEnum):
    """What is asked for once more after the move."""

    EFFORT_AREAS = "EFFORT_AREAS"
    GOALS = "GOALS"
    AGREEMENT = "AGREEMENT"
    PAPERS = "PAPERS"


ANEW_NAMES: Mapping[Anew, str] = MappingProxyType(
    {
        Anew.EFFORT_AREAS: gettext_noop("Vælg indsatsområder efter de nye regler"),
        Anew.GOALS: gettext_noop("Skriv målene på ny under de nye indsatsområder"),
        Anew.AGREEMENT: gettext_noop("Lav og underskriv samarbejdsaftalen på ny"),
        Anew.PAPERS: gettext_noop("Vedlæg de dokumenter, som de nye regler beder om"),
    }
)


@dataclasses.dataclass(frozen=True)
class Change:
    """What the move does to a case: what stays chosen, what is put aside, what is asked anew."""

    effort_areas: tuple[str, ...]
    areas_put_aside: tuple[str, ...]
    goals: Mapping[str, str] = dataclasses.field(hash=False)
    goals_put_aside: tuple[str, ...]
    anew: tuple[Anew, ...]
    papers: tuple[Paper, ...]


def check(facts: Facts) -> list[Violation]:
    """Return why the case stays where it is; nothing for a case that moves."""
    if facts.rule_set not in facts.transition.sources:
        text = gettext_noop("Sagen er ikke under de regler, der flyttes fra.")
        return [Violation("transfer_other_rule_set", text, facts.transition.basis, field="rule_set")]
    if facts.standing is Standing.PREQUALIFIED:
        return []
    code, text, numbers, is_confirmed = _STAYS[facts.standing]
    basis = cite(facts.transition.target, act=ACT, numbers=numbers)
    return [Violation(code, text, basis, field="state", is_confirmed=is_confirmed)]


_STAYS: Mapping[Standing, tuple[str, str, str, bool]] = MappingProxyType(
    {
        Standing.COMMITTED: (
            "transfer_committed",
            gettext_noop("Sagen har fået tilsagn og beholder de regler, tilsagnet er givet efter."),
            "R50",
            False,
        ),
        Standing.REFUSED: ("transfer_refused", gettext_noop("Sagen har fået afslag og er afsluttet."), "R49, G3", True),
        Standing.WITHDRAWN: (
            "transfer_withdrawn",
            gettext_noop("Ansøgeren har trukket sagen tilbage, og den er afsluttet."),
            "R49, G3",
            True,
        ),
        Standing.LAPSED: ("transfer_lapsed", gettext_noop("Sagen er bortfaldet og afsluttet."), "R49, G3", True),
        Standing.NOT_PREQUALIFIED: (
            "transfer_not_prequalified",
            gettext_noop("Sagen er ikke prækvalificeret. Overgangen gælder sager, der er prækvalificeret."),
            "R49, G3",
            False,
        ),
    }
)


def check_day(transition: Transition, as_of: date, *, today: date) -> list[Violation]:
    """Return what is wrong with the day that cases shall be moved as of.

    Not before the regulation is in force (R45, R49), and not a day to come: until then the case may get its commitment (R50).
    """
    if as_of >= transition.day:
        if as_of <= today:
            return []
        text = gettext_noop("%(day)s er ikke kommet endnu. Sager kan ikke flyttes pr. en senere dag end i dag.")
        return [Violation("transfer_in_the_future", text, transition.basis, field="as_of", params={"day": as_of})]
    text = gettext_noop("%(regulation)s gælder fra %(day)s. Sager kan ikke flyttes pr. en tidligere dag.")
    params: dict[str, str | date] = {"regulation": terms_of(transition.target).regulation, "day": transition.day}
    return [Violation("transfer_too_early", text, transition.basis, field="as_of", params=params)]


def change_of(facts: Facts) -> Change:
    """Return what the move does to the case. An effort area that the new rules have under the same code stays itself."""
    new = terms_of(facts.transition.target).effort_area_codes
    mapping = {code: code for code in new} | dict(facts.transition.mapping)
    goals = {goal.key: mapping[goal.effort_area] for goal in facts.goals if goal.effort_area in mapping}
    kept = tuple(dict.fromkeys(mapping[code] for code in facts.effort_areas if code in mapping))
    areas_put_aside = tuple(code for code in facts.effort_areas if code not in mapping)
    goals_put_aside = tuple(goal.key for goal in facts.goals if goal.key not in goals)
    papers = new_papers(facts.rule_set, facts.transition.target)
    asked = {
        Anew.EFFORT_AREAS: not facts.has_plan or bool(areas_put_aside) or not kept,
        Anew.GOALS: bool(goals_put_aside),
        Anew.AGREEMENT: facts.has_agreement,
        Anew.PAPERS: bool(papers),
    }
    anew = tuple(one for one, is_asked in asked.items() if is_asked)
    return Change(kept, areas_put_aside, goals, goals_put_aside, anew, papers)


def new_papers(source: str, target: str) -> tuple[Paper, ...]:
    """Return the papers that the new rules ask for before a commitment and the old ones did not, in the dossier's order."""
    had = {paper.code for paper in terms_of(source).papers}
    return tuple(paper for paper in terms_of(target).papers if paper.stage in STAGES_AHEAD and paper.code not in had)


def check_agreement(rule_set: str, made_under: str) -> list[Violation]:
    """Return why an agreement made under other rules than the case's cannot be signed or decided upon (R80, R85)."""
    if made_under in {"", rule_set}:
        return []
    text = gettext_noop(
        "Aftalen er lavet efter %(old)s, men sagen følger nu %(new)s. Kald aftalen tilbage, ret planen, og lav en ny aftale."
    )
    params = {"old": terms_of(made_under).regulation, "new": terms_of(rule_set).regulation}
    basis = cite(rule_set, act=f"{ACT}, stk. 3", numbers="R49, R80, R85")
    return [Violation("agreement_under_other_rules", text, basis, field="parties", params=params, is_confirmed=False)]


def transition_to(target: str) -> Transition:
    """Return the transition that leads to the rule set. Errors: KeyError when there is none."""
    return TRANSITIONS[target]
