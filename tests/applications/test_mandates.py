"""Mandates: who gives them, how far they reach, and when they end."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import AccountEvent, Mandate, Organisation, OutgoingMail, User, actor_for
from accounts.roles import OrganisationKind, Right, Role
from accounts.transitions import revoke_mandate
from applications import permissions, transitions
from applications.models import Application, ApplicationEvent, MandatedCase
from applications.transitions import mandates
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from monitoring.models import Effort
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, MembershipFactory, OrganisationFactory
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def administrator(housing: Organisation, today: datetime.date) -> Actor:
    return member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)


@pytest.fixture
def office(today: datetime.date, db: None) -> Actor:
    """Somebody of an administration organisation."""
    organisation = OrganisationFactory.create(kind=OrganisationKind.ADMINISTRATION, name="Kontoret")
    return member(organisation, Role.APPLICANT, Role.HOUSING_SIGNATORY, email="kontor@example.org", today=today)


def of(actor: Actor) -> tuple[User, Organisation]:
    assert actor.user is not None
    assert actor.organisation is not None
    return actor.user, actor.organisation


def by_mandate(actor: Actor, mandate: Mandate, on: datetime.date) -> Actor:
    return actor_for(of(actor)[0], mandate.principal, on=on, mandate=mandate)


def given(administrator: Actor, to: Actor, today: datetime.date, **changes: Any) -> Mandate:
    terms: dict[str, Any] = {
        "holder": of(to)[1],
        "right": Right.EDIT,
        "valid_from": today,
        "valid_to": today + 365 * DAY,
        "evidence": "Fuldmagt af 1. november 2026",
        "is_limited": False,
        "cases": [],
    } | changes
    return mandates.give(of(administrator)[1], **terms, by=administrator, at=timezone.now())


def signed_in(actor: Actor, mandate: Mandate | None = None) -> Client:
    """The person's browser, having chosen to act by the mandate."""
    client = Client()
    client.force_login(of(actor)[0])
    if mandate:
        answer = client.post(reverse("accounts:act_as"), {"organisation": f"m{mandate.pk}"})
        assert answer.status_code == 302
    return client


# How far it reaches


@pytest.mark.parametrize(
    ("right", "role", "writes", "submits"),
    [
        (Right.READ, Role.READER, False, False),
        (Right.EDIT, Role.ADVISER, True, False),
        (Right.SUBMIT, Role.APPLICANT, True, True),
    ],
)
def test_a_right_is_a_role_in_the_cases(
    *,
    right: Right,
    role: Role,
    writes: bool,
    submits: bool,
    administrator: Actor,
    office: Actor,
    case_cast: CaseCast,
    today: datetime.date,
) -> None:
    draft = cases.make_draft(case_cast)
    actor = by_mandate(office, given(administrator, office, today, right=right), today)

    assert permissions.roles_in(actor, draft, on=today) == {role}
    assert Application.objects.visible_to(actor, on=today).get() == draft
    assert permissions.may(actor, "edit", draft, on=today) is writes
    assert permissions.may_create(actor) is writes
    assert permissions.may(actor, "answer_hearing", draft, on=today) is submits
    assert not permissions.may(actor, "sign", draft, on=today), "nobody signs by mandate"
    if submits:
        transitions.submit(draft, by=actor, at=timezone.now())
    else:
        with pytest.raises(NotAllowed):
            transitions.submit(draft, by=actor, at=timezone.now())


def test_what_is_done_by_mandate_says_so(administrator: Actor, adviser: Actor, case_cast: CaseCast, today: datetime.date) -> None:
    mandate, draft = given(administrator, adviser, today), cases.make_draft(case_cast)
    client = signed_in(adviser, mandate)

    page = client.get(reverse("applications:section", args=[draft.case_number, "challenges"]))
    assert page.status_code == 200
    assert f"Du handler nu som {draft.organisation}" in page.content.decode()
    draft.record(
        "application:section_saved", by=by_mandate(adviser, mandate, today), at=timezone.now(), data={"section": "basics"}
    )

    event = draft.events.latest("pk")
    assert (event.organisation, event.role) == (draft.organisation, Role.ADVISER)
    assert (event.data["mandate"], event.data["holder"]) == (mandate.pk, of(adviser)[1].pk)
    assert "med fuldmagt" in client.get(draft.get_absolute_url()).content.decode()


def test_a_limited_mandate_opens_its_cases_only(
    administrator: Actor, adviser: Actor, case_cast: CaseCast, today: datetime.date
) -> None:
    named, other = cases.make_draft(case_cast, title="Valgt"), cases.make_draft(case_cast, title="En anden")
    mandate = given(administrator, adviser, today, is_limited=True, cases=[named])
    actor = by_mandate(adviser, mandate, today)

    assert list(Application.objects.visible_to(actor, on=today)) == [named]
    assert permissions.roles_in(actor, other, on=today) == frozenset()
    assert not permissions.may_create(actor)
    client = signed_in(adviser, mandate)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(named.get_absolute_url()).status_code == 200
    assert named.events.filter(event="application:mandate_given").exists()


def test_a_mandate_opens_the_effort_too(administrator: Actor, adviser: Actor, case_cast: CaseCast, today: datetime.date) -> None:
    committed = cases.make_committed(case_cast)
    actor = by_mandate(adviser, given(administrator, adviser, today, right=Right.READ), today)

    assert Effort.objects.visible_to(actor, on=today).get().application == committed


@pytest.mark.parametrize("when", ["ended yesterday", "begins tomorrow", "revoked today", "left the holder", "wrong role there"])
def test_a_mandate_that_does_not_hold_opens_nothing(
    when: str, adviser: Actor, case_cast: CaseCast, housing: Organisation, today: datetime.date
) -> None:
    draft, (user, holder) = cases.make_draft(case_cast), of(adviser)
    periods: dict[str, dict[str, Any]] = {
        "ended yesterday": {"valid_to": today - DAY},
        "begins tomorrow": {"valid_from": today + DAY},
        "revoked today": {"revoked_on": today, "revoke_reason": "Slut"},
    }
    mandate = MandateFactory.create(principal=housing, holder=holder, **periods.get(when, {}))
    if when == "left the holder":
        user.memberships.update(valid_to=today - DAY)
    if when == "wrong role there":
        user.memberships.update(role=Role.ORG_ADMINISTRATOR)

    actor = by_mandate(adviser, mandate, today)
    assert actor.roles == frozenset()
    assert not Application.objects.visible_to(actor, on=today).exists()
    client = signed_in(adviser)
    assert client.post(reverse("accounts:act_as"), {"organisation": f"m{mandate.pk}"}).status_code == 403
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_page_left_open_does_nothing_once_the_mandate_is_revoked(
    administrator: Actor, adviser: Actor, case_cast: CaseCast, today: datetime.date
) -> None:
    mandate, draft = given(administrator, adviser, today), cases.make_draft(case_cast)
    client, section = signed_in(adviser, mandate), reverse("applications:section", args=[draft.case_number, "challenges"])
    assert client.get(section).status_code == 200

    revoke_mandate(mandate, reason="Samarbejdet er slut", by=administrator, at=timezone.now())

    assert client.post(section, {"challenges": "Sent"}).status_code == 404
    assert client.post(reverse("applications:new"), {"title": "Sent"}).status_code == 403


# Giving and ending


def test_only_ones_own_administrator_gives_and_either_side_ends(
    *,
    administrator: Actor,
    adviser: Actor,
    applicant: Actor,
    outsider: Actor,
    director: Actor,
    housing: Organisation,
    today: datetime.date,
) -> None:
    for by in (applicant, outsider, director, adviser):
        with pytest.raises(NotAllowed):
            mandates.give(
                housing,
                holder=of(adviser)[1],
                right=Right.READ,
                valid_from=today,
                valid_to=today,
                evidence="x",
                is_limited=False,
                cases=[],
                by=by,
                at=timezone.now(),
            )
    mandate = given(administrator, adviser, today)
    for by in (applicant, outsider, director, adviser):
        with pytest.raises(NotAllowed):
            revoke_mandate(mandate, reason="x", by=by, at=timezone.now())
    theirs = member(of(adviser)[1], Role.ORG_ADMINISTRATOR, email="raad-admin@example.org", today=today)
    with pytest.raises(RuleBroken, match="begrundelse"):
        revoke_mandate(mandate, reason=" ", by=theirs, at=timezone.now())

    revoke_mandate(mandate, reason="Opgaven er løst", by=theirs, at=timezone.now())

    with pytest.raises(RuleBroken, match="gælder ikke længere"):
        revoke_mandate(mandate, reason="Igen", by=administrator, at=timezone.now())
    told = OutgoingMail.objects.filter(event__startswith="mandate_").order_by("queued_at").values_list("event", "to_address")
    assert list(told) == [("mandate_given", "raadgiver@example.org"), ("mandate_revoked", "administrator@example.org")]
    events = AccountEvent.objects.filter(event__startswith="account:mandate").values_list("event", "role")
    assert sorted(events) == [("account:mandate_given", "ORG_ADMINISTRATOR"), ("account:mandate_revoked", "ORG_ADMINISTRATOR")]


def test_an_administrator_by_mandate_gives_no_mandate(
    administrator: Actor, office: Actor, adviser: Actor, today: datetime.date
) -> None:
    """A mandate is not handed on: whoever holds one is no administrator of the principal."""
    user, organisation = of(office)
    MembershipFactory.create(user=user, organisation=organisation, role=Role.ORG_ADMINISTRATOR)
    actor = by_mandate(office, given(administrator, office, today, right=Right.SUBMIT), today)

    with pytest.raises(NotAllowed):
        given(actor, adviser, today)


def test_what_cannot_be_given(
    administrator: Actor, adviser: Actor, auditor: Actor, case_cast: CaseCast, today: datetime.date
) -> None:
    foreign = cases.make_draft(case_cast)
    Application.objects.filter(pk=foreign.pk).update(organisation=OrganisationFactory.create())
    foreign.refresh_from_db()
    for changes, sentence in (
        ({"right": Right.SUBMIT}, "skrive, men ikke indsende"),
        ({"valid_from": today - DAY}, "tilbage i tiden"),
        ({"valid_to": today - DAY}, "før startdatoen"),
        ({"valid_to": today.replace(year=today.year + 5)}, "højst gælde i 5 år"),
        ({"holder": of(auditor)[1]}, "Vælg en rådgiver"),
        ({"holder": of(administrator)[1]}, "Vælg en rådgiver"),
        ({"is_limited": True}, "mindst én sag"),
        ({"is_limited": True, "cases": [foreign]}, "er ikke jeres"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            given(administrator, adviser, today, **changes)
    assert not Mandate.objects.exists()
    given(administrator, adviser, today)
    with pytest.raises(RuleBroken, match="allerede en fuldmagt"):
        given(administrator, adviser, today + DAY)


def test_a_mandate_never_changes_and_never_goes(db: None) -> None:
    mandate = MandateFactory.create()
    for change in (
        lambda: Mandate.objects.filter(pk=mandate.pk).update(right=Right.SUBMIT),
        lambda: Mandate.objects.filter(pk=mandate.pk).delete(),
        lambda: Mandate.objects.filter(pk=mandate.pk).update(revoked_on=datetime.date(2026, 11, 1)),
        lambda: MandatedCase.objects.all().delete() or MandateFactory.create(evidence=""),
    ):
        with pytest.raises((IntegrityError, Exception)) as refused, transaction.atomic():
            change()
        assert "permission denied" in str(refused.value) or "mandate_" in str(refused.value)


# The pages


def form(holder: Organisation, today: datetime.date, **changes: Any) -> dict[str, Any]:
    days = {"valid_from": today, "valid_to": today + 30 * DAY}
    parts = {f"{name}_{part}": getattr(day, part) for name, day in days.items() for part in ("day", "month", "year")}
    return {"holder": holder.pk, "right": "EDIT", "is_limited": "no", "evidence": "Fuldmagt", **parts, **changes}


def test_a_mandate_is_given_and_revoked_on_the_pages_and_shown_to_both(
    administrator: Actor, adviser: Actor, case_cast: CaseCast, housing: Organisation, today: datetime.date
) -> None:
    draft, holder = cases.make_draft(case_cast), of(adviser)[1]
    client, give = signed_in(administrator), reverse("applications:give_mandate", args=[housing.pk])
    limited = {"is_limited": "yes"}
    assert "mindst én sag" in client.post(give, form(holder, today, **limited)).content.decode()

    answer = client.post(give, form(holder, today, **limited, cases=[str(draft.pk)]), follow=True)
    assert "Fuldmagten er givet til" in answer.content.decode()
    mandate = Mandate.objects.get()
    for actor in (administrator, adviser):
        shown = signed_in(actor).get(reverse("applications:mandate", args=[of(actor)[1].pk, mandate.pk])).content.decode()
        assert str(draft.case_number) in shown
        assert "Gælder nu" in shown
    page = signed_in(adviser, mandate).get("/").content.decode()
    assert f"{housing} (fuldmagt til {holder})" in page

    one = reverse("applications:mandate", args=[housing.pk, mandate.pk])
    assert "Udfyld feltet: Begrundelse" in client.post(one, {"reason": ""}).content.decode()
    client.post(one, {"reason": "Samarbejdet er slut"})
    assert "Tilbagekaldt" in client.get(one).content.decode()
    assert (
        "Samarbejdet er slut"
        in signed_in(adviser).get(reverse("applications:mandate", args=[holder.pk, mandate.pk])).content.decode()
    )


def test_others_find_no_mandate(
    administrator: Actor, adviser: Actor, outsider: Actor, housing: Organisation, today: datetime.date
) -> None:
    mandate, foreign = given(administrator, adviser, today), of(outsider)[1]
    for organisation in (housing, foreign):
        assert signed_in(outsider).get(reverse("applications:mandate", args=[organisation.pk, mandate.pk])).status_code == 404
    assert signed_in(outsider).get(reverse("applications:mandates", args=[housing.pk])).status_code == 404
    # Whoever acts by mandate is not of the principal: its people and mandates are its own.
    acting = signed_in(adviser, mandate)
    assert acting.get(reverse("applications:mandates", args=[housing.pk])).status_code == 404
    assert acting.get(reverse("accounts:people", args=[housing.pk])).status_code == 404


def test_the_list_filters_sorts_exports_and_asks_as_often_for_many_as_for_few(
    administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    client, address = signed_in(administrator), reverse("applications:mandates", args=[housing.pk])
    giver = of(administrator)[0]
    MandateFactory.create(principal=housing, holder__name="Ågeby Rådgivning", given_by=giver)
    MandateFactory.create(principal=housing, holder__name="Zebra", valid_to=today - DAY, given_by=giver)
    MandateFactory.create(principal__name="Anden Bolig", holder=housing, valid_from=today + DAY, given_by=giver)

    def found(**query: str) -> list[str]:
        return [str(mandate.holder) for mandate, _state in client.get(address, query).context["lines"]]

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    assert found(sort="holder") == [housing.name, "Zebra", "Ågeby Rådgivning"]
    assert found(side="held") == found(state="coming") == [housing.name]
    assert found(state="over") == ["Zebra"]
    assert found(q="aageby") == found(state="holds") == ["Ågeby Rådgivning"]
    assert client.get(address, {"page": 2}).status_code == 404
    assert "Vælg færre filtre" in client.get(address, {"q": "findes ikke"}).content.decode()
    assert "Ågeby Rådgivning" in b"".join(client.get(address, {"_export": "csv"})).decode()
    few, advisers = queries(), OrganisationFactory.create(adviser=True)
    Mandate.objects.bulk_create(
        MandateFactory.build(principal=housing, holder=advisers, given_by=giver, evidence=f"Nr. {number}")
        for number in range(200)
    )
    assert queries() == few


def test_the_page_for_giving_asks_as_often_for_many_cases_as_for_few(
    administrator: Actor, case_cast: CaseCast, housing: Organisation
) -> None:
    client, give = signed_in(administrator), reverse("applications:give_mandate", args=[housing.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(give).status_code == 200
        return len(asked)

    first = cases.make_draft(case_cast)
    cases.make_draft(case_cast)
    queries()
    few = queries()
    made = Application.objects.bulk_create(
        Application(title=f"Sag {n}", organisation=housing, municipality=first.municipality, area=first.area) for n in range(60)
    )
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application=case, event="application:created", role="APPLICANT", state_to="DRAFT") for case in made
    )
    OrganisationFactory.create_batch(20, adviser=True)
    assert queries() == few
