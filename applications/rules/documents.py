"""Documents as files: who can attach which at which stage, what must be there, and what must be in order before going on.

Basis: Almenboligloven § 91 a, stk. 1, with the regulations; the list D1-D26 is each rule set's own (papers.py). Rule numbers and
certainty (domain.md, 4.3 and 10.1):
- R62: the description of the challenges has at most 5 pages [SOURCE, old]; C10: it is attached [INFERRED]. The portal has a
  text for it, so text in the portal or an attachment will do: whoever has written it there need not make a file of it, and
  whoever has a file need not paste it. Pages of a PDF are counted; a picture is a page; Word only guesses at its own, so it
  cannot be taken for a description (`COUNTED`).
- R66: the municipal recommendation may be a file (D5) [SOURCE, old]
- C10: what is attached has been checked, and confirmed where that is asked for, before it is sent to the fund [INFERRED]
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from applications.rules.papers import PAPERS_2011, PAPERS_2015, PAPERS_2019, Maker, Paper, Stage
from applications.rules.rule_sets import TERMS, RuleSet, Setting, cite
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 1"


class DocumentType(enum.StrEnum):
    """D1-D26 of the dossier, and what fits none of them."""

    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"
    D5 = "D5"
    D6 = "D6"
    D7 = "D7"
    D8 = "D8"
    D9 = "D9"
    D10 = "D10"
    D11 = "D11"
    D12 = "D12"
    D13 = "D13"
    D14 = "D14"
    D15 = "D15"
    D16 = "D16"
    D17 = "D17"
    D18 = "D18"
    D19 = "D19"
    D20 = "D20"
    D21 = "D21"
    D22 = "D22"
    D23 = "D23"
    D24 = "D24"
    D25 = "D25"
    D26 = "D26"
    OTHER = "OTHER"


# The names do not differ between rule sets; a case keeps its attachments when it moves from one to the next.
NAMES: Mapping[DocumentType, str] = MappingProxyType(
    {
        **{
            DocumentType(paper.code): paper.name
            for paper in sorted((*PAPERS_2011, *PAPERS_2015, *PAPERS_2019), key=lambda paper: int(paper.code[1:]))
        },
        DocumentType.OTHER: gettext_noop("Andet bilag"),
    }
)


class Phase(enum.StrEnum):
    """When files can be attached: while something is being written, and while the effort runs."""

    APPLICATION = "APPLICATION"
    PLAN = "PLAN"
    SIGNING = "SIGNING"
    HEARING = "HEARING"
    EFFORT = "EFFORT"


STAGES: Mapping[Phase, frozenset[Stage]] = MappingProxyType(
    {
        Phase.APPLICATION: frozenset({Stage.PREQUALIFICATION}),
        Phase.PLAN: frozenset({Stage.PLAN, Stage.LOCAL_APPROVAL}),
        Phase.SIGNING: frozenset({Stage.LOCAL_APPROVAL}),
        # Whoever is heard can back an answer with a file; no paper of the list belongs here.
        Phase.HEARING: frozenset(),
        Phase.EFFORT: frozenset({Stage.RUNNING, Stage.YEARLY, Stage.CLOSING}),
    }
)
# The milestone plan is made with the plan and again each year [S48][S52].
_ALSO_LATER = frozenset({DocumentType.D14})


class Side(enum.StrEnum):
    """Who attaches. What the fund makes is a letter of the portal's, never an attachment."""

    APPLICANT = "APPLICANT"
    MUNICIPALITY = "MUNICIPALITY"


_MAKERS: Mapping[Side, frozenset[Maker]] = MappingProxyType(
    {
        # The applicant brings everybody's, as it always has: a recommendation, a decision of the council, the board's minutes.
        Side.APPLICANT: frozenset({Maker.APPLICANT, Maker.MUNICIPALITY, Maker.PARTIES, Maker.BOARD}),
        Side.MUNICIPALITY: frozenset({Maker.MUNICIPALITY, Maker.PARTIES}),
    }
)

# What the portal itself holds in words or figures: a file is a supplement.
IN_PORTAL = frozenset({DocumentType.D1, DocumentType.D2, DocumentType.D4, DocumentType.D9, DocumentType.D10, DocumentType.D15})
# Of which the pages count, so that the kind of file must have countable ones.
COUNTED: Mapping[DocumentType, Setting] = MappingProxyType({DocumentType.D2: Setting.DESCRIPTION_PAGES})
# What must be there as a file. Nothing, as long as the fund has not said so: of what R62-R66 ask for, the portal holds D1, D2
# and D4 itself, and D3 and D5 are advice (prequalification.py).
REQUIRED: Mapping[Phase, frozenset[DocumentType]] = MappingProxyType({phase: frozenset() for phase in Phase})


def papers_of(rule_set: RuleSet, phase: Phase) -> tuple[Paper, ...]:
    """The papers that belong to the phase, in the dossier's order."""
    later = _ALSO_LATER if phase is Phase.EFFORT else frozenset()
    return tuple(paper for paper in TERMS[rule_set].papers if paper.stage in STAGES[phase] or paper.code in later)


def brought_by(side: Side, rule_set: RuleSet, phase: Phase) -> tuple[DocumentType, ...]:
    """What this side can attach in the phase; whatever fits nothing comes last."""
    own = (DocumentType(paper.code) for paper in papers_of(rule_set, phase) if paper.maker in _MAKERS[side])
    return (*own, DocumentType.OTHER)


def most_pages(kind: DocumentType, rule_set: RuleSet) -> int | None:
    """How many pages there is room for; None where nobody counts."""
    setting = COUNTED.get(kind)
    rate = TERMS[rule_set].settings.get(setting) if setting else None
    return int(rate.value) if rate and rate.value else None


class Standing(enum.StrEnum):
    """Where the control of a file stands, as far as a rule cares."""

    CHECKING = "CHECKING"
    TO_CONFIRM = "TO_CONFIRM"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


@dataclasses.dataclass(frozen=True)
class Attached:
    """The current version of something attached."""

    type: DocumentType
    name: str
    standing: Standing
    pages: int | None = None


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is attached to the case, whichever phase it came in, and what is required as a file now."""

    rule_set: RuleSet
    attached: tuple[Attached, ...]
    required: frozenset[DocumentType] = frozenset()


def missing(facts: Facts) -> tuple[DocumentType, ...]:
    """What is required and not there, in the list's order."""
    there = {one.type for one in facts.attached if one.standing is not Standing.REFUSED}
    return tuple(kind for kind in DocumentType if kind in facts.required - there)


def has(facts: Facts, kind: DocumentType) -> bool:
    """Whether a file of the type is there that was not refused."""
    return any(one.type == kind and one.standing is not Standing.REFUSED for one in facts.attached)


def check(facts: Facts) -> list[Violation]:
    """Return what stands in the way of sending the case on with what is attached to it (C10)."""
    return [*_missing(facts), *_unchecked(facts), *_too_long(facts)]


def _missing(facts: Facts) -> list[Violation]:
    return [
        Violation(
            "document_missing",
            gettext_noop("Bilaget mangler: %(document)s. Læg det ind."),
            cite(facts.rule_set, act=ACT, numbers=f"C10, {kind}"),
            field="attachments",
            params={"document": NAMES[kind]},
            is_confirmed=False,
        )
        for kind in missing(facts)
    ]


_WAITS_FOR = {
    Standing.CHECKING: (
        "attachment_being_checked",
        gettext_noop("Bilaget »%(name)s« kontrolleres stadig. Vent et øjeblik, og prøv igen."),
    ),
    Standing.TO_CONFIRM: (
        "attachment_not_confirmed",
        gettext_noop("Bilaget »%(name)s« skal bekræftes, erstattes eller fjernes, før I kan gå videre."),
    ),
    Standing.REFUSED: (
        "attachment_refused",
        gettext_noop("Bilaget »%(name)s« er afvist. Erstat det med en anden fil, eller fjern det."),
    ),
}


def _unchecked(facts: Facts) -> list[Violation]:
    waiting = ((one, *_WAITS_FOR[one.standing]) for one in facts.attached if one.standing in _WAITS_FOR)
    basis = cite(facts.rule_set, act=ACT, numbers="C10")
    return [
        Violation(code, text, basis, field="attachments", params={"name": one.name}, is_confirmed=False)
        for one, code, text in waiting
    ]


def _too_long(facts: Facts) -> list[Violation]:
    """R62: files of one type are counted together, for ten pages do not become five by being split."""
    found = []
    for kind in COUNTED:
        limit = most_pages(kind, facts.rule_set)
        pages = total_pages(one for one in facts.attached if one.type == kind)
        if limit is not None and pages > limit:
            found.append(
                Violation(
                    "document_too_long",
                    gettext_noop(
                        "%(document)s fylder %(pages)s sider som bilag. Der er plads til højst %(limit)s; "
                        "læg en kortere udgave ind."
                    ),
                    cite(facts.rule_set, act=ACT, numbers="R62, C10"),
                    field="attachments",
                    params={"document": NAMES[kind], "pages": str(pages), "limit": str(limit)},
                    is_confirmed=False,
                )
            )
    return found


def total_pages(attached: Iterable[Attached]) -> int:
    """Pages of what was not refused, as far as they are known."""
    return sum(one.pages or 0 for one in attached if one.standing is not Standing.REFUSED)
