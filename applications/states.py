"""The states of a case and the moves between them: the whole machine as the case officer would draw it (domain.md, section 10).

Data only. `applications` owns a case from draft to commitment; the running effort is `monitoring`'s. The diagram in
docs/ is made from this table and the database refuses every other change of state (migration 0002).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class State(models.TextChoices):
    """Where a case stands."""

    DRAFT = "DRAFT", _("Kladde")
    SUBMITTED = "SUBMITTED", _("Modtaget")
    INFO_REQUESTED = "INFO_REQUESTED", _("Afventer oplysninger")
    UNDER_ASSESSMENT = "UNDER_ASSESSMENT", _("Under vurdering")
    WAITING_LIST = "WAITING_LIST", _("På venteliste")
    HEARING = "HEARING", _("I partshøring")
    REFUSED = "REFUSED", _("Afslag")
    PREQUALIFIED = "PREQUALIFIED", _("Prækvalificeret")
    PLAN_IN_PROGRESS = "PLAN_IN_PROGRESS", _("Helhedsplan udarbejdes")
    LOCAL_APPROVAL = "LOCAL_APPROVAL", _("Til lokal underskrift")
    PLAN_SUBMITTED = "PLAN_SUBMITTED", _("Helhedsplan til afgørelse")
    INFO_REQUESTED_PLAN = "INFO_REQUESTED_PLAN", _("Afventer oplysninger om planen")
    HEARING_PLAN = "HEARING_PLAN", _("I partshøring om planen")
    COMMITTED = "COMMITTED", _("Tilsagn givet")
    WITHDRAWN = "WITHDRAWN", _("Trukket tilbage")
    LAPSED = "LAPSED", _("Bortfaldet")


S = State
BEFORE_PREQUALIFICATION = frozenset({S.DRAFT, S.SUBMITTED, S.INFO_REQUESTED, S.UNDER_ASSESSMENT, S.WAITING_LIST, S.HEARING})
AFTER_PREQUALIFICATION = frozenset(
    {S.PREQUALIFIED, S.PLAN_IN_PROGRESS, S.LOCAL_APPROVAL, S.PLAN_SUBMITTED, S.INFO_REQUESTED_PLAN, S.HEARING_PLAN}
)
ENDED = frozenset({S.REFUSED, S.WITHDRAWN, S.LAPSED})
DECIDED = frozenset({S.REFUSED, S.COMMITTED})
# Where the applicant may change the application's sections, and where the plan's.
APPLICATION_IS_OPEN = frozenset({S.DRAFT, S.INFO_REQUESTED})
PLAN_IS_OPEN = frozenset({S.PLAN_IN_PROGRESS, S.INFO_REQUESTED_PLAN})
AWAITS_FUND = frozenset({S.SUBMITTED, S.UNDER_ASSESSMENT, S.WAITING_LIST, S.PLAN_SUBMITTED})
AWAITS_APPLICANT = frozenset(
    {S.DRAFT, S.INFO_REQUESTED, S.HEARING, S.PREQUALIFIED, S.PLAN_IN_PROGRESS, S.INFO_REQUESTED_PLAN, S.HEARING_PLAN}
)
IN_HEARING = frozenset({S.HEARING, S.HEARING_PLAN})
AWAITS_PARTIES = frozenset({S.LOCAL_APPROVAL})
# Days in which the fund means to answer: a target and no promise, for no deadline was found (Q17).
TARGET_DAYS = 90

APPLICANT = frozenset({Role.APPLICANT})
OFFICER = frozenset({Role.CASE_OFFICER})
DIRECTOR = frozenset({Role.DIRECTOR})
SYSTEM = frozenset({Role.SYSTEM})
SIGNATORIES = frozenset({Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY})


def _move(  # noqa: PLR0917 - a row of the table below
    name: str,
    event: str,
    label: str,
    sources: frozenset[State] | State,
    target: State,
    by: frozenset[Role],
    *,
    needs_reason: bool = False,
) -> Move:
    start = frozenset({sources}) if isinstance(sources, State) else sources
    return Move(name, f"application:{event}", label, frozenset(start), target, frozenset(by), needs_reason)


SUBMIT = _move("submit", "submitted", gettext_noop("Indsend ansøgning"), S.DRAFT, S.SUBMITTED, APPLICANT)
START_ASSESSMENT = _move(
    "start_assessment", "assessment_started", gettext_noop("Begynd vurdering"), S.SUBMITTED, S.UNDER_ASSESSMENT, OFFICER
)
REQUEST_INFORMATION = _move(
    "request_information",
    "information_requested",
    gettext_noop("Bed om flere oplysninger"),
    frozenset({S.SUBMITTED, S.UNDER_ASSESSMENT}),
    S.INFO_REQUESTED,
    OFFICER,
    needs_reason=True,
)
ANSWER_INFORMATION = _move(
    "answer_information",
    "information_answered",
    gettext_noop("Send de ønskede oplysninger"),
    S.INFO_REQUESTED,
    S.UNDER_ASSESSMENT,
    APPLICANT,
    needs_reason=True,
)
PUT_ON_WAITING_LIST = _move(
    "put_on_waiting_list",
    "put_on_waiting_list",
    gettext_noop("Sæt på venteliste"),
    S.UNDER_ASSESSMENT,
    S.WAITING_LIST,
    OFFICER,
    needs_reason=True,
)
PREQUALIFY = _move(
    "prequalify",
    "prequalified",
    gettext_noop("Prækvalificér"),
    frozenset({S.UNDER_ASSESSMENT, S.WAITING_LIST}),
    S.PREQUALIFIED,
    OFFICER,
    needs_reason=True,
)
OPEN_HEARING = _move(
    "open_hearing",
    "hearing_opened",
    gettext_noop("Send i partshøring"),
    frozenset({S.UNDER_ASSESSMENT, S.WAITING_LIST, S.INFO_REQUESTED}),
    S.HEARING,
    OFFICER,
    needs_reason=True,
)
RESUME_ASSESSMENT = _move(
    "resume_assessment",
    "assessment_resumed",
    gettext_noop("Genoptag vurderingen"),
    S.HEARING,
    S.UNDER_ASSESSMENT,
    OFFICER,
    needs_reason=True,
)
REFUSE = _move(
    "refuse",
    "refused",
    gettext_noop("Giv afslag"),
    frozenset({S.HEARING, S.HEARING_PLAN}),
    S.REFUSED,
    DIRECTOR,
    needs_reason=True,
)
START_PLAN = _move(
    "start_plan", "plan_started", gettext_noop("Begynd helhedsplanen"), S.PREQUALIFIED, S.PLAN_IN_PROGRESS, APPLICANT
)
SEND_FOR_SIGNATURE = _move(
    "send_for_signature",
    "sent_for_signature",
    gettext_noop("Send aftalen til underskrift"),
    frozenset({S.PLAN_IN_PROGRESS, S.INFO_REQUESTED_PLAN}),
    S.LOCAL_APPROVAL,
    APPLICANT,
)
RECALL_AGREEMENT = _move(
    "recall_agreement",
    "agreement_recalled",
    gettext_noop("Kald aftalen tilbage"),
    S.LOCAL_APPROVAL,
    S.PLAN_IN_PROGRESS,
    APPLICANT | SIGNATORIES,
    needs_reason=True,
)
# The last signature sends the plan; nobody presses a button for it.
SUBMIT_PLAN = _move(
    "submit_plan", "plan_submitted", gettext_noop("Indsend helhedsplanen"), S.LOCAL_APPROVAL, S.PLAN_SUBMITTED, SIGNATORIES
)
REQUEST_PLAN_INFORMATION = _move(
    "request_plan_information",
    "plan_information_requested",
    gettext_noop("Send planen tilbage"),
    S.PLAN_SUBMITTED,
    S.INFO_REQUESTED_PLAN,
    OFFICER,
    needs_reason=True,
)
OPEN_PLAN_HEARING = _move(
    "open_plan_hearing",
    "plan_hearing_opened",
    gettext_noop("Send planen i partshøring"),
    S.PLAN_SUBMITTED,
    S.HEARING_PLAN,
    OFFICER,
    needs_reason=True,
)
RESUME_PLAN = _move(
    "resume_plan",
    "plan_assessment_resumed",
    gettext_noop("Genoptag behandlingen af planen"),
    S.HEARING_PLAN,
    S.PLAN_SUBMITTED,
    OFFICER,
    needs_reason=True,
)
COMMIT = _move("commit", "committed", gettext_noop("Giv tilsagn"), S.PLAN_SUBMITTED, S.COMMITTED, DIRECTOR, needs_reason=True)
WITHDRAW = _move(
    "withdraw",
    "withdrawn",
    gettext_noop("Træk ansøgningen tilbage"),
    (BEFORE_PREQUALIFICATION | AFTER_PREQUALIFICATION),
    S.WITHDRAWN,
    APPLICANT,
    needs_reason=True,
)
LAPSE = _move(
    "lapse",
    "lapsed",
    gettext_noop("Lad sagen bortfalde"),
    frozenset({S.INFO_REQUESTED, S.PREQUALIFIED, S.PLAN_IN_PROGRESS, S.LOCAL_APPROVAL, S.INFO_REQUESTED_PLAN}),
    S.LAPSED,
    OFFICER | SYSTEM,
    needs_reason=True,
)
# An earlier case that a file brings in, prequalified before there was a portal (imports/prequalified.py).
IMPORT = _move("import", "imported", gettext_noop("Indlæs tidligere sag"), S.DRAFT, S.PREQUALIFIED, SYSTEM)

MOVES: tuple[Move, ...] = (
    IMPORT, SUBMIT, START_ASSESSMENT, REQUEST_INFORMATION, ANSWER_INFORMATION, PUT_ON_WAITING_LIST, PREQUALIFY, OPEN_HEARING,
    RESUME_ASSESSMENT, REFUSE, START_PLAN, SEND_FOR_SIGNATURE, RECALL_AGREEMENT, SUBMIT_PLAN, REQUEST_PLAN_INFORMATION,
    OPEN_PLAN_HEARING, RESUME_PLAN, COMMIT, WITHDRAW, LAPSE,
)  # fmt: skip


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes."""
    return set[tuple[str, str]]().union(*(move.pairs for move in MOVES))
