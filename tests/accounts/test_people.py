"""An organisation's administrator looks after its people; the fund need not help."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import transitions
from accounts.actors import Actor
from accounts.models import AccountEvent, Invitation, Membership, Organisation, OutgoingMail, User, actor_for
from accounts.roles import Role
from accounts.transitions.people import INVITATION_HOLDS, INVITATIONS_A_DAY
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.cast import member
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.mail import path_in

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def administrator(housing: Organisation, today: datetime.date) -> Actor:
    return member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)


@pytest.fixture
def page(client: Client, administrator: Actor) -> Client:
    assert administrator.user is not None
    client.force_login(administrator.user)
    return client


def url(name: str, organisation: Organisation, *parts: int) -> str:
    return reverse(f"accounts:{name}", args=[organisation.pk, *parts])


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def invited(organisation: Organisation, by: Actor, today: datetime.date, **changes: Any) -> Invitation:
    asked: dict[str, Any] = {"email": "ny@example.org", "name": "Ny Person", "roles": {Role.APPLICANT}, "valid_from": today}
    return transitions.invite(organisation, **(asked | changes), by=by, at=timezone.now())


def link() -> str:
    """The address in the latest invitation."""
    latest = OutgoingMail.objects.filter(event="organisation_invitation").latest("queued_at")
    # Once it is sent, the outbox keeps it no longer.
    return path_in(EmailMessage(body=latest.body) if latest.body else mail.outbox[-1])


# Inviting


def form(today: datetime.date, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Ny Person",
        "email": "Ny@Example.org",
        "roles": ["APPLICANT"],
        "valid_from_day": today.day,
        "valid_from_month": today.month,
        "valid_from_year": today.year,
    } | changes


def test_somebody_new_is_invited_chooses_a_password_and_acts(page: Client, housing: Organisation, today: datetime.date) -> None:
    answer = page.post(url("invite", housing), form(today), follow=True)
    assert "Invitationen er sendt til Ny Person" in answer.content.decode()
    assert not User.objects.filter(email="ny@example.org").exists(), "nobody is a user before they said yes"

    guest = Client()
    opened = guest.get(link(), follow=True)
    assert opened.redirect_chain == [(reverse("accounts:invitation"), 302)], "the secret leaves the address"
    said_yes = {"name": "Ny Person", "password": "fire gode nye ord"}
    guest.post(reverse("accounts:invitation"), said_yes)

    user = User.objects.get(email="ny@example.org")
    assert actor_for(user, housing, on=today).roles == {Role.APPLICANT}
    assert user.check_password("fire gode nye ord")
    events = AccountEvent.objects.filter(event__in=["account:invited", "account:invitation_accepted"]).order_by("pk")
    assert [(event.event, event.role) for event in events] == [
        ("account:invited", "ORG_ADMINISTRATOR"),
        ("account:invitation_accepted", ""),
    ]
    assert "ny@example.org" not in str([event.data for event in events])


def test_whoever_has_an_account_signs_in_to_say_yes(administrator: Actor, housing: Organisation, today: datetime.date) -> None:
    known, other = UserFactory.create(email="ny@example.org"), UserFactory.create()
    invited(housing, administrator, today)
    address, opened = link(), reverse("accounts:invitation")
    guest = Client()

    assert "Log ind for at tage imod" in guest.get(address, follow=True).content.decode()
    assert guest.post(opened, {"name": "X", "password": "fire gode nye ord"})["Location"].startswith(reverse("accounts:sign_in"))
    guest.force_login(other)
    assert "en anden adresse" in guest.get(address, follow=True).content.decode()
    assert "en anden adresse" in guest.post(opened, follow=True).content.decode()
    assert not known.memberships.exists()
    assert not other.memberships.exists()

    guest.force_login(known)
    guest.get(address)
    assert "Du kan nu handle for" in guest.post(opened, follow=True).content.decode()
    assert actor_for(known, housing, on=today).roles == {Role.APPLICANT}


@pytest.mark.parametrize("closed", ["used", "withdrawn", "expired", "sent again", "made up"])
def test_a_link_that_is_closed_opens_nothing(
    closed: str, administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    invitation, at = invited(housing, administrator, today), timezone.now()
    address = link()
    if closed == "used":
        transitions.accept(invitation, user=UserFactory.create(email="ny@example.org"), at=at)
    elif closed == "withdrawn":
        transitions.withdraw(invitation, by=administrator, at=at)
    elif closed == "expired":
        sent = at - INVITATION_HOLDS
        Invitation.objects.filter(pk=invitation.pk).update(invited_at=sent - DAY, expires_at=sent)
    elif closed == "sent again":
        transitions.send_again(invitation, by=administrator, at=at)
    else:
        address = reverse("accounts:invitation") + "?key=" + "x" * 43
    guest = Client()

    assert "gælder ikke længere" in guest.get(address, follow=True).content.decode()
    said_yes = {"name": "N", "password": "fire gode nye ord"}
    assert "gælder ikke længere" in guest.post(reverse("accounts:invitation"), said_yes).content.decode()
    assert not Membership.objects.filter(organisation=housing, user__name="N").exists()


def test_the_secret_is_kept_as_a_hash_and_leaves_the_outbox_with_the_mail(
    administrator: Actor, housing: Organisation, today: datetime.date, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invited(housing, administrator, today)
    [sent] = mail.outbox
    token = path_in(sent).rpartition("?key=")[2]

    assert sent.to == ["ny@example.org"]
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert OutgoingMail.objects.get(event="organisation_invitation").body == ""


def test_a_role_that_begins_tomorrow_opens_nothing_today(
    administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    user = UserFactory.create(email="ny@example.org")
    transitions.accept(invited(housing, administrator, today, valid_from=today + DAY), user=user, at=timezone.now())

    assert actor_for(user, housing, on=today).roles == frozenset()
    assert actor_for(user, housing, on=today + DAY).roles == {Role.APPLICANT}


def test_wrong_input_is_told_beside_its_field(
    page: Client, housing: Organisation, colleague: Actor, today: datetime.date
) -> None:
    for changes, sentence in (
        ({"email": "ikke en adresse"}, "Skriv en mailadresse"),
        ({"email": user_of(colleague).email}, "allerede i organisationen"),
        ({"roles": []}, "Vælg: Roller"),
        ({"roles": ["DIRECTOR"]}, "Vælg en af mulighederne: Roller"),
        ({"valid_from_year": today.year - 1}, "tilbage i tiden"),
        ({"email": "administrator@example.org"}, "dine egne rettigheder"),
    ):
        assert sentence in page.post(url("invite", housing), form(today, **changes)).content.decode(), changes
    assert not Invitation.objects.exists()

    page.post(url("invite", housing), form(today))
    assert "allerede inviteret" in page.post(url("invite", housing), form(today)).content.decode()


def test_nobody_fills_an_inbox_with_invitations(administrator: Actor, housing: Organisation, today: datetime.date) -> None:
    invitation = invited(housing, administrator, today)
    for _time in range(INVITATIONS_A_DAY - 1):
        transitions.send_again(invitation, by=administrator, at=timezone.now())

    with pytest.raises(RuleBroken, match="for mange"):
        transitions.send_again(invitation, by=administrator, at=timezone.now())


# Changing and removing


def test_roles_are_changed_and_a_role_that_is_taken_ends_at_once(
    page: Client, housing: Organisation, applicant: Actor, today: datetime.date
) -> None:
    user = user_of(applicant)
    seen = transitions.roles_key({Role.APPLICANT, Role.HOUSING_SIGNATORY})

    answer = page.post(url("member", housing, user.pk), {"roles": ["APPLICANT", "ORG_ADMINISTRATOR"], "seen": seen})

    assert answer.status_code == 302
    assert actor_for(user, housing, on=today).roles == {Role.APPLICANT, Role.ORG_ADMINISTRATOR}
    ended = Membership.objects.get(user=user, role=Role.HOUSING_SIGNATORY)
    assert ended.valid_to == today - DAY
    told = AccountEvent.objects.filter(subject=user, role=Role.ORG_ADMINISTRATOR).values_list("event", flat=True)
    assert sorted(told) == ["account:membership_ended", "account:membership_granted"]


def test_the_second_of_two_administrators_sees_what_the_first_did(
    page: Client, administrator: Actor, housing: Organisation, applicant: Actor, today: datetime.date
) -> None:
    user, seen = user_of(applicant), transitions.roles_key({Role.APPLICANT, Role.HOUSING_SIGNATORY})
    transitions.change_roles(housing, user, roles={Role.APPLICANT}, seen=seen, by=administrator, at=timezone.now())

    answer = page.post(url("member", housing, user.pk), {"roles": ["HOUSING_SIGNATORY"], "seen": seen})

    assert "En anden har ændret" in answer.content.decode()
    assert actor_for(user, housing, on=today).roles == {Role.APPLICANT}
    page.post(url("member", housing, user.pk), {"roles": ["HOUSING_SIGNATORY"], "seen": answer.context["seen"]})
    assert actor_for(user, housing, on=today).roles == {Role.HOUSING_SIGNATORY}


def test_whoever_is_removed_is_signed_out_with_the_page_open(
    page: Client, housing: Organisation, applicant: Actor, today: datetime.date
) -> None:
    user, theirs = user_of(applicant), Client()
    theirs.force_login(user)
    assert theirs.get(reverse("applications:new")).status_code == 200

    page.post(url("remove_member", housing, user.pk))

    answer = theirs.post(reverse("applications:new"), {"title": "Sent"})
    assert answer["Location"].startswith(reverse("accounts:sign_in"))
    user.refresh_from_db()
    theirs.force_login(user)
    assert theirs.get(reverse("applications:new")).status_code == 403
    assert actor_for(user, housing, on=today).roles == frozenset()
    assert OutgoingMail.objects.filter(event="member_removed", to_user=user).count() == 1
    assert page.post(url("remove_member", housing, user.pk)).status_code == 404, "removed once"


def test_a_member_of_today_is_removed_today(page: Client, housing: Organisation, today: datetime.date) -> None:
    new = MembershipFactory.create(organisation=housing, valid_from=today)
    later = MembershipFactory.create(organisation=housing, valid_from=today + DAY)

    for membership in (new, later):
        page.post(url("remove_member", housing, membership.user_id))
        assert actor_for(membership.user, housing, on=today).roles == frozenset()
        assert actor_for(membership.user, housing, on=today + DAY).roles == frozenset()


def test_the_last_administrator_stays(
    administrator: Actor, case_officer: Actor, housing: Organisation, today: datetime.date
) -> None:
    """Neither by another whose days are counted, nor by oneself; the fund may, and helps afterwards."""
    user, at = user_of(administrator), timezone.now()
    counted = member(housing, Role.ORG_ADMINISTRATOR, email="afloeser@example.org", today=today)
    Membership.objects.filter(user=counted.user).update(valid_to=today + 30 * DAY)

    with pytest.raises(RuleBroken, match="mindst én brugeradministrator"):
        transitions.remove(housing, user, by=counted, at=at)
    with pytest.raises(RuleBroken, match="mindst én brugeradministrator"):
        transitions.change_roles(housing, user, roles={Role.APPLICANT}, seen="ORG_ADMINISTRATOR", by=counted, at=at)
    with pytest.raises(NotAllowed, match="dine egne rettigheder"):
        transitions.remove(housing, user, by=administrator, at=at)
    assert actor_for(user, housing, on=today).roles == {Role.ORG_ADMINISTRATOR}
    user.refresh_from_db()
    assert user.sessions_ended == 0

    transitions.remove(housing, user, by=case_officer, at=at)
    assert actor_for(user, housing, on=today).roles == frozenset()


def test_of_two_who_remove_each_other_one_stays(administrator: Actor, housing: Organisation, today: datetime.date) -> None:
    other = member(housing, Role.ORG_ADMINISTRATOR, email="anden@example.org", today=today)

    transitions.remove(housing, user_of(other), by=administrator, at=timezone.now())
    with pytest.raises(NotAllowed, match="ikke længere brugeradministrator"):
        transitions.remove(housing, user_of(administrator), by=other, at=timezone.now())


def test_of_two_rows_of_a_role_both_end(administrator: Actor, housing: Organisation, today: datetime.date) -> None:
    """One that ends some day and one that begins then: neither is forgotten."""
    user = MembershipFactory.create(organisation=housing, valid_to=today + 5 * DAY).user
    MembershipFactory.create(user=user, organisation=housing, valid_from=today + 6 * DAY)
    MembershipFactory.create(user=user, organisation=housing, role=Role.HOUSING_SIGNATORY)
    seen = transitions.roles_key({Role.APPLICANT, Role.HOUSING_SIGNATORY})
    kept = {Role.HOUSING_SIGNATORY}

    transitions.change_roles(housing, user, roles=kept, seen=seen, by=administrator, at=timezone.now())
    for day in (today, today + 5 * DAY, today + 6 * DAY):
        assert actor_for(user, housing, on=day).roles == kept

    Membership.objects.filter(user=user, role=Role.APPLICANT).update(valid_to=today + 5 * DAY)
    MembershipFactory.create(user=user, organisation=housing, valid_from=today + 6 * DAY)
    transitions.remove(housing, user, by=administrator, at=timezone.now())
    for day in (today, today + 5 * DAY, today + 6 * DAY):
        assert actor_for(user, housing, on=day).roles == frozenset()


def test_nobody_holds_a_role_twice(case_officer: Actor, housing: Organisation, today: datetime.date) -> None:
    user = MembershipFactory.create(organisation=housing, valid_to=today + 5 * DAY).user
    with pytest.raises(RuleBroken, match="allerede denne rolle"):
        transitions.grant_membership(user, housing, Role.APPLICANT, valid_from=today, by=case_officer)
    transitions.grant_membership(user, housing, Role.APPLICANT, valid_from=today + 6 * DAY, by=case_officer)


def test_invitations_go_with_whoever_is_removed(
    administrator: Actor, case_officer: Actor, housing: Organisation, today: datetime.date
) -> None:
    """Their own, which would let them in again, and those they sent as administrator."""
    other = member(housing, Role.ORG_ADMINISTRATOR, email="anden@example.org", today=today)
    own = invited(housing, administrator, today, email="senere@example.org")
    sent = invited(housing, other, today, email="venlig@example.org")
    kept = invited(housing, administrator, today, email="behold@example.org")
    person = MembershipFactory.create(organisation=housing, user__email="senere@example.org").user

    for removed in (person, user_of(other)):
        transitions.remove(housing, removed, by=administrator, at=timezone.now())

    assert list(housing.invitations.open()) == [kept]
    told = AccountEvent.objects.filter(event="account:invitation_withdrawn").values_list("data__invitation", flat=True)
    assert sorted(told) == sorted([own.pk, sent.pk])


def test_an_invitation_that_ran_out_is_withdrawn_with_an_event(
    administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    first, sent = invited(housing, administrator, today), timezone.now() - INVITATION_HOLDS
    Invitation.objects.filter(pk=first.pk).update(invited_at=sent - DAY, expires_at=sent)
    invited(housing, administrator, today)
    assert AccountEvent.objects.get(event="account:invitation_withdrawn").data["invitation"] == first.pk


def test_a_link_that_is_made_up_leaves_nothing_behind() -> None:
    guest = Client()
    page = reverse("accounts:invitation")
    assert "gælder ikke længere" in guest.get(page, {"key": "x" * 43}).content.decode()
    assert "gælder ikke længere" in guest.get(page, {"key": "\x00"}).content.decode()
    assert settings.SESSION_COOKIE_NAME not in guest.cookies
    assert not Session.objects.exists()


def test_what_was_invited_to_never_changes(administrator: Actor, housing: Organisation, today: datetime.date) -> None:
    row = Invitation.objects.filter(pk=invited(housing, administrator, today).pk)
    for change in (
        lambda: row.update(email="en-anden@example.org"),
        lambda: row.update(roles=["ORG_ADMINISTRATOR"]),
        lambda: row.update(organisation=OrganisationFactory.create()),
        lambda: row.update(withdrawn_at=timezone.now()) and row.update(withdrawn_at=None),
        row.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# Who may


@pytest.mark.parametrize("who", ["applicant", "colleague", "outsider", "municipality", "adviser", "foreign"])
def test_nobody_else_touches_the_people(
    request: pytest.FixtureRequest, who: str, administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    if who == "foreign":
        by = member(OrganisationFactory.create(), Role.ORG_ADMINISTRATOR, email="fremmed@example.org", today=today)
    else:
        by = request.getfixturevalue(who)
    at, invitation = timezone.now(), invited(housing, administrator, today, email="x@example.org")
    person = MembershipFactory.create(organisation=housing).user
    roles = {Role.HOUSING_SIGNATORY}

    for act in (
        lambda: invited(housing, by, today),
        lambda: transitions.send_again(invitation, by=by, at=at),
        lambda: transitions.withdraw(invitation, by=by, at=at),
        lambda: transitions.change_roles(housing, person, roles=roles, seen="APPLICANT", by=by, at=at),
        lambda: transitions.remove(housing, person, by=by, at=at),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_administrator_of_another_organisation_finds_nothing(
    page: Client, outsider: Actor, case_officer: Actor, today: datetime.date
) -> None:
    theirs = outsider.organisation
    assert theirs is not None
    invitation = invited(theirs, case_officer, today)

    for name, parts in (
        ("people", ()),
        ("invite", ()),
        ("member", (user_of(outsider).pk,)),
        ("remove_member", (user_of(outsider).pk,)),
    ):
        assert page.get(url(name, theirs, *parts)).status_code == 404
    for name in ("invite_again", "withdraw_invitation"):
        assert page.post(url(name, theirs, invitation.pk)).status_code == 404
    own = page.get(reverse("accounts:own_people"), follow=True).context["organisation"]
    assert page.post(url("withdraw_invitation", own, invitation.pk)).status_code == 404, "of the other, by one's own address"
    assert page.get(url("member", own, user_of(outsider).pk)).status_code == 404


def test_an_administrator_has_no_right_in_a_case(administrator: Actor, page: Client) -> None:
    assert page.get(reverse("applications:new")).status_code == 403
    assert list(page.get(reverse("applications:list")).context["cases"]) == []


# The list


def test_the_list_is_found_sorted_and_exported(
    page: Client, housing: Organisation, applicant: Actor, today: datetime.date
) -> None:
    MembershipFactory.create(organisation=housing, user__name="Åse Sidst", user__email="aase@example.org")
    MembershipFactory.create(organisation=housing, user__name="Zenia Før", valid_to=today - DAY)
    people = url("people", housing)

    def names(**query: str) -> list[str]:
        return [person.user.name for person in page.get(people, query).context["page_obj"]]

    assert names() == ["Administrator", "Ansoeger", "Åse Sidst"]
    assert names(sort="-name")[0] == "Åse Sidst"
    assert names(q="aase") == names(q="åse") == ["Åse Sidst"]
    assert names(role="HOUSING_SIGNATORY") == ["Ansoeger"]
    assert names(show="former") == ["Zenia Før"]
    assert len(names(show="all")) == 4
    assert "Vælg færre filtre" in page.get(people, {"q": "findes ikke"}).content.decode()
    assert page.get(people, {"page": 2}).status_code == 404
    exported = b"".join(page.get(people, {"_export": "csv"})).decode()
    assert "Ansøger, Tegningsberettiget for boligorganisation" in exported
    assert page.get(people, {"_export": "xlsx"}).status_code == 200


def test_the_list_asks_as_often_for_many_as_for_few(
    page: Client, administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page.get(url("people", housing))
        return len(asked)

    MembershipFactory.create(organisation=housing)
    queries()
    few = queries()
    users = User.objects.bulk_create(User(email=f"m{n}@example.org", name=f"Medarbejder {n}") for n in range(200))
    Membership.objects.bulk_create(
        Membership(user=user, organisation=housing, role=role, valid_from=today)
        for user in users
        for role in (Role.APPLICANT, Role.HOUSING_SIGNATORY)
    )
    Invitation.objects.bulk_create(
        Invitation(
            organisation=housing,
            email=f"i{n}@example.org",
            name="Inviteret",
            roles=["APPLICANT"],
            valid_from=today,
            token_hash=hashlib.sha256(str(n).encode()).hexdigest(),
            invited_by=administrator.user,
            invited_at=timezone.now(),
            expires_at=timezone.now() + DAY,
        )
        for n in range(50)
    )

    assert queries() == few
