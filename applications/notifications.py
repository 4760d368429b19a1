"""Mails of a case: one function a mail, named after what happened.

Recipients are found through memberships that hold on the day the mail is made. Subjects carry the case number and no more;
the text names the area and what to do, never reasons or other content of the case (domain.md 11.1, R156). Each mail links
straight to the page it is about; who is not signed in gets there after signing in.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from accounts.transitions import Importance, queue_mail
from applications.due import Line
from applications.models import Application, ApplicationEvent

# What people may have in a daily mail, or not at all: mails that ask them to act, and those that only tell. All others are
# decisions, hearings and warnings, and reach everybody at once.
IMPORTANCE = {
    "information_requested": Importance.ACT,
    "plan_returned": Importance.ACT,
    "agreement_ready": Importance.ACT,
    "information_answered": Importance.ACT,
    "hearing_answered": Importance.ACT,
    "plan_submitted": Importance.ACT,
    "recommended": Importance.ACT,
    "deadline_near": Importance.ACT,
    "application_received": Importance.TELL,
    "put_on_waiting_list": Importance.TELL,
    "agreement_recalled": Importance.TELL,
}
CASE = "applications:case"
AGREEMENT = "applications:agreement"


# To the parties


def application_received(application: Application) -> None:
    """Tell the applicants that the application is in; the receipt as a letter follows on the case."""
    _tell("application_received", application, _applicants(application))


def information_requested(application: Application) -> None:
    """Ask the applicants for more (R71)."""
    _tell("information_requested", application, _applicants(application))


def put_on_waiting_list(application: Application) -> None:
    """Tell the applicants that the case waits for room in the frame (U7)."""
    _tell("put_on_waiting_list", application, _applicants(application))


def hearing_opened(application: Application, deadline: datetime.date) -> None:
    """Put the facts to the party, with time to comment (R145)."""
    _tell("hearing_opened", application, _applicants(application), deadline=deadline)


def plan_returned(application: Application) -> None:
    """Tell applicants that the plan must be changed, and those who signed that a new version is coming."""
    _tell("plan_returned", application, [*_applicants(application), *_signatories(application)])


def agreement_ready(application: Application) -> None:
    """Ask every signatory of every party to read and sign (R85)."""
    _tell("agreement_ready", application, _signatories(application), page=AGREEMENT)


def agreement_recalled(application: Application) -> None:
    """Tell everybody who was asked to sign that this version no longer counts."""
    _tell("agreement_recalled", application, [*_signatories(application), *_applicants(application)])


def lapsed(application: Application) -> None:
    """Tell the parties that the case has ended without progress."""
    _tell("lapsed", application, _parties(application))


# To the fund


def information_answered(application: Application) -> None:
    """Tell the responsible case officer that the answer is in."""
    _tell("information_answered", application, _officers(application))


def hearing_answered(application: Application) -> None:
    """Tell the responsible case officer that the party has commented."""
    _tell("hearing_answered", application, _officers(application))


def plan_submitted(application: Application) -> None:
    """Tell the responsible case officer that the plan is signed by all."""
    _tell("plan_submitted", application, _officers(application))


def recommended(application: Application) -> None:
    """Tell the management that a commitment is recommended and waits for a decision."""
    _tell("recommended", application, _in_fund(Role.DIRECTOR))


# What the calendar says


def deadline_near(line: Line, days: int) -> None:
    """Remind whoever must act, each of the times once: the key holds what, until when, and which reminder."""
    deadline = line.deadline
    occasion = f"{deadline.key}:{deadline.due_on.isoformat()}:{days}"
    more = {"kind": str(deadline.kind), "is_today": line.days_left == 0}
    _tell("deadline_near", line.application, _acting(line), occasion=occasion, deadline=deadline.due_on, more=more)


def expiry_near(application: Application, ends_on: datetime.date) -> None:
    """Warn the parties that the prequalification expires."""
    _tell("expiry_near", application, _parties(application), deadline=ends_on)


def prequalification_extended(application: Application, ends_on: datetime.date) -> None:
    """Tell the parties that the prequalification holds longer."""
    _tell("prequalification_extended", application, _parties(application), deadline=ends_on)


# With letters


def prequalified(event: ApplicationEvent) -> None:
    """The letter on the prequalification is on the case."""
    _tell_of_decision("prequalified", event)


def refused(event: ApplicationEvent) -> None:
    """The refusal is on the case."""
    _tell_of_decision("refused", event)


def committed(event: ApplicationEvent) -> None:
    """The commitment letter is on the case."""
    _tell_of_decision("committed", event)


def transferred(event: ApplicationEvent) -> None:
    """The case follows other rules from now on; the letter says what is asked anew."""
    _tell_of_decision("transferred", event)


def transfer_taken_back(event: ApplicationEvent) -> None:
    """The case follows its earlier rules again."""
    _tell_of_decision("transfer_taken_back", event)


def _tell_of_decision(name: str, event: ApplicationEvent) -> None:
    _tell(name, event.application, _parties(event.application), occasion=str(event.pk))


# Who


def _applicants(application: Application) -> QuerySet[User]:
    return _holding(application.housing_organisations(), Role.APPLICANT)


def _signatories(application: Application) -> QuerySet[User]:
    return _holding(application.parties(), Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY)


def _parties(application: Application) -> QuerySet[User]:
    """Those who applied, and the municipality's officers: it is the other party of every case (domain.md, section 1)."""
    return _holding(application.parties(), Role.APPLICANT, Role.MUNICIPAL_OFFICER)


def _acting(line: Line) -> Iterable[User]:
    """Who is to act: people of the unit in the roles that can, or the fund's responsible officer."""
    return _holding([line.unit], *line.deadline.roles) if line.unit else _officers(line.application)


def _officers(application: Application) -> Iterable[User]:
    """The responsible case officer; all of them while nobody is."""
    return [application.responsible] if application.responsible else _in_fund(Role.CASE_OFFICER)


def _in_fund(role: Role) -> QuerySet[User]:
    return _holding(Organisation.objects.filter(kind=OrganisationKind.FUND), role)


def _holding(organisations: Iterable[Organisation], *roles: Role) -> QuerySet[User]:
    """People who hold one of the roles in one of the organisations today."""
    current = Membership.objects.current(timezone.localdate()).filter(organisation__in=organisations, role__in=roles)
    people = User.objects.filter(pk__in=current.values("user_id"), is_active=True)
    return people.select_related("notification_choice").order_by("pk")


def _tell(
    name: str,
    application: Application,
    to: Iterable[User],
    *,
    page: str = CASE,
    occasion: str = "",
    deadline: datetime.date | None = None,
    more: Mapping[str, object] | None = None,
) -> None:
    """Queue the mail for each recipient, once per occasion.

    The occasion is the case's latest event when the mail is made: asked a second time for information, people get a second
    mail, while the same act run twice makes one.
    """
    occasion = occasion or _latest_event(application)
    context = {
        "case_number": str(application.case_number),  # as text: a case number has no thousands separator
        "area": application.area.name,
        "municipality": application.municipality.name,
        "deadline": deadline,
        "path": reverse(page, args=[application.case_number]),
        **(more or {}),
    }
    importance = IMPORTANCE.get(name, Importance.MUST)
    for user in {user.pk: user for user in to}.values():
        key = f"application:{application.pk}:{occasion}"
        queue_mail(name, key=key, to=user, context=context, importance=importance)


def _latest_event(application: Application) -> str:
    return str(application.events.order_by("-pk").values_list("pk", flat=True).first() or 0)
