"""Mails of a case: one function a mail, named after what happened.

Recipients are found through memberships that hold on the day the mail is made. Subjects carry the case number and no more;
the text names the area and what to do, never reasons or other content of the case (domain.md 11.1, R156). Each mail links
straight to the page it is about; who is not signed in gets there after signing in.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mandate, Membership, Organisation, User
from accounts.roles import ROLE_OF_RIGHT, OrganisationKind, Role
from accounts.transitions import Importance, queue_mail, queue_mail_to_address
from applications.due import Line
from applications.models import Application, ApplicationEvent, Collaborator, CommentsRead, GuestKind, MunicipalRecommendation

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
    "recommendation_asked": Importance.ACT,
    "deadline_near": Importance.ACT,
    "application_received": Importance.TELL,
    "put_on_waiting_list": Importance.TELL,
    "agreement_recalled": Importance.TELL,
    "recommendation_answered": Importance.TELL,
    "comments_written": Importance.TELL,
    "contact_chosen": Importance.TELL,
}
CASE = "applications:case"
AGREEMENT = "applications:agreement"
RECOMMENDATION = "applications:recommendation"
COMMENTS = "applications:comments"


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


# Working together


def invited(guest: Collaborator, token: str) -> None:
    """The link that lets somebody into one case. Each one is another secret, so each is a mail of its own."""
    application = guest.application
    context = {
        "case_number": str(application.case_number),
        "area": application.area.name,
        "organisation": guest.organisation.name,
        "inviter": guest.invited_by.name,
        "is_of_municipality": guest.kind == GuestKind.MUNICIPALITY,
        "until": timezone.localdate(guest.link_expires_at),
        # In the query, which no log of ours keeps.
        "path": f"{reverse('applications:invitation')}?{urlencode({'key': token})}",
    }
    # Whoever is known reads in their own language, and by the name they gave themselves.
    known = User.objects.filter(email=guest.email).first()
    queue_mail_to_address(
        "case_invitation",
        key=f"{guest.pk}:{guest.token_hash}",
        address=guest.email,
        language=known.language if known else "da",
        context={"recipient": known or guest.name or guest.email, **context},
    )


def recommendation_asked(asked: MunicipalRecommendation) -> None:
    """Ask the municipality's people to recommend the application (R66)."""
    municipality = asked.application.municipality.organisation
    own = _holding([municipality], Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY)
    people = [*own, *_guests(asked.application, Role.MUNICIPAL_OFFICER)]
    occasion = f"recommendation:{asked.pk}"
    _tell("recommendation_asked", asked.application, people, page=RECOMMENDATION, occasion=occasion, deadline=asked.wanted_on)


def recommendation_answered(asked: MunicipalRecommendation) -> None:
    """Tell the applicants what the municipality came to: on the page, not in the mail."""
    occasion = f"recommendation:{asked.pk}:{asked.state}"
    _tell("recommendation_answered", asked.application, _applicants(asked.application), page=RECOMMENDATION, occasion=occasion)


def comments_written(application: Application, by: User | None) -> None:
    """Tell those who prepare the case that there are new comments: once until they have looked (`CommentsRead`).

    The municipality's people are told once it knows of the case.
    """
    people = [*_applicants(application), *_guests(application, Role.MUNICIPAL_OFFICER)]
    if application.is_known_to_municipality:
        people += _holding([application.municipality.organisation], Role.MUNICIPAL_OFFICER)
    read = dict(CommentsRead.objects.filter(application=application).values_list("user_id", "read_at"))
    for person in people:
        if by is None or person.pk != by.pk:
            since = read[person.pk].isoformat() if person.pk in read else "never"
            _tell("comments_written", application, [person], page=COMMENTS, occasion=f"comments:{since}")


def contact_chosen(application: Application) -> None:
    """Tell the new contact person."""
    if application.contact is not None:
        _tell("contact_chosen", application, [application.contact])


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


def _applicants(application: Application) -> list[User]:
    """People of the housing organisations, and whoever they let in to write, here or by a mandate."""
    own = _holding(application.housing_organisations(), Role.APPLICANT)
    writing = (Role.APPLICANT, Role.ADVISER)
    return [*own, *_mandated(application, application.housing_organisations(), *writing), *_guests(application, *writing)]


def _signatories(application: Application) -> QuerySet[User]:
    return _holding(application.parties(), Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY)


def _parties(application: Application) -> list[User]:
    """Those who applied, and the municipality's officers: it is the other party of every case (domain.md, section 1)."""
    own = _holding(application.parties(), Role.APPLICANT, Role.MUNICIPAL_OFFICER)
    mandated = _mandated(application, application.housing_organisations(), Role.APPLICANT, Role.ADVISER)
    return [*own, *mandated, *_guests(application, Role.APPLICANT, Role.ADVISER, Role.MUNICIPAL_OFFICER)]


def _mandated(application: Application, organisations: Iterable[Organisation], *roles: Role) -> QuerySet[User]:
    """People who act for one of the organisations in this case today, by a mandate that is one of the roles."""
    today = timezone.localdate()
    rights = [right for right, role in ROLE_OF_RIGHT.items() if role in roles]
    reaching = Q(is_limited=False) | Q(mandated_cases__application=application)
    mandates = Mandate.objects.holding_on(today).filter(reaching, principal__in=_units(organisations), right__in=rights)
    working = Membership.objects.doing_mandated_work(today).filter(organisation__in=mandates.values("holder_id"))
    people = User.objects.filter(pk__in=working.values("user_id"), is_active=True)
    return people.select_related("notification_choice").order_by("pk")


def _guests(application: Application, *roles: Role, kinds: Iterable[GuestKind] = GuestKind) -> list[User]:
    """Whoever was let into the case and holds one of the roles in it today; nobody who has gone over to the fund since."""
    today = timezone.localdate()
    guests = Collaborator.objects.holding_on(today).filter(application=application, user__is_active=True, kind__in=list(kinds))
    of_the_fund = Membership.objects.current(today).filter(organisation__kind=OrganisationKind.FUND).values("user_id")
    with_people = guests.exclude(user__in=of_the_fund).select_related("user__notification_choice").order_by("pk")
    return [guest.user for guest in with_people if guest.role in roles and guest.user is not None]


def _acting(line: Line) -> Iterable[User]:
    """Who is to act: people of the unit in the roles that can, or the fund's responsible officer."""
    if line.unit is None:
        return _officers(line.application)
    is_municipality = line.unit.pk == line.application.municipality.organisation_id
    side = [GuestKind.MUNICIPALITY] if is_municipality else [GuestKind.COLLEAGUE, GuestKind.ADVISER]
    roles = line.deadline.roles
    mandated = [] if is_municipality else _mandated(line.application, [line.unit], *roles)
    return [*_holding([line.unit], *roles), *mandated, *_guests(line.application, *roles, kinds=side)]


def _officers(application: Application) -> Iterable[User]:
    """The responsible case officer; all of them while nobody is."""
    return [application.responsible] if application.responsible else _in_fund(Role.CASE_OFFICER)


def _in_fund(role: Role) -> QuerySet[User]:
    return _holding(Organisation.objects.filter(kind=OrganisationKind.FUND), role)


def _holding(organisations: Iterable[Organisation], *roles: Role) -> QuerySet[User]:
    """People who hold one of the roles in one of the organisations today, or in the one that it was merged into."""
    current = Membership.objects.current(timezone.localdate()).filter(organisation__in=_units(organisations), role__in=roles)
    people = User.objects.filter(pk__in=current.values("user_id"), is_active=True)
    return people.select_related("notification_choice").order_by("pk")


def _units(organisations: Iterable[Organisation]) -> set[int]:
    """Who acts for the organisations now."""
    return {organisation.succeeded_by_id or organisation.pk for organisation in organisations}


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
