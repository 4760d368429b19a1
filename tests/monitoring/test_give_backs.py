"""Money that a case gives back of a closed year: it waits for finance, is proposed, approved by another, and never lost."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.fixtures import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from ledger import posting, proposals, proposed
from ledger.kinds import Money, ReleaseCause, Reuse
from ledger.models import Allocation, FrameYear, Proposal
from ledger.states import State
from monitoring import transitions
from monitoring.models import Effort, GiveBack
from tests.browser import inspect
from tests.factories import monitoring as efforts
from tests.factories.applications import CaseCast
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import close as close_year
from tests.ledger.acts import set_rule
from tests.mail import mails_to, path_in

pytestmark = pytest.mark.django_db

UNSPENT = Decimal(100_000)
DECISION = "Notat af 3. marts"
REASON = "Regnskabet er godkendt."


@pytest.fixture
def years(closing: Effort, finance_officer: Actor, director: Actor) -> None:
    """2026 is closed, 2027 open for what is carried on."""
    FrameYearFactory.create(year=2027, carried=True)
    close_year(2026, by=finance_officer, seconded_by=director)


def close(effort: Effort, cast: CaseCast, *, social: Decimal = UNSPENT, rent: Decimal = Decimal(0)) -> None:
    transitions.close(
        effort, unspent_social=social, unspent_rent=rent, reason=REASON, by=cast.case_officer, at=efforts.day_after_end(effort)
    )


@pytest.fixture
def give_back(years: None, closing: Effort, case_cast: CaseCast) -> GiveBack:
    close(closing, case_cast)
    return GiveBack.objects.get()


def propose(give_back: GiveBack, by: Actor) -> Proposal:
    at = efforts.day_after_end(give_back.effort)
    return transitions.propose_give_back(give_back, decision=DECISION, reason=REASON, by=by, at=at)


def held(effort: Effort) -> Decimal:
    return Allocation.objects.held_by(str(effort.application.case_number), year=2026, money=Money.SOCIAL)


def due() -> list[GiveBack]:
    return list(GiveBack.objects.due())


def test_what_a_closed_year_does_not_take_back_is_kept_for_finance(give_back: GiveBack) -> None:
    assert (give_back.frame_year, give_back.money, give_back.amount, give_back.cause) == (2026, "SOCIAL", UNSPENT, "UNUSED")
    assert due() == [give_back]
    assert held(give_back.effort) == Decimal(9_000_000)


def test_an_open_year_takes_it_back_and_nothing_waits(closing: Effort, case_cast: CaseCast) -> None:
    close(closing, case_cast)
    assert due() == []
    assert held(closing) == Decimal(8_900_000)


def test_finance_proposes_and_another_approves(give_back: GiveBack, finance_officer: Actor, director: Actor) -> None:
    proposal = propose(give_back, finance_officer)
    assert due() == []
    assert held(give_back.effort) == Decimal(9_000_000)

    proposals.approve(proposal, by=director, at=efforts.day_after_end(give_back.effort))

    assert held(give_back.effort) == Decimal(8_900_000)
    assert FrameYear.objects.position(2027).carried_in == UNSPENT
    assert due() == []
    assert list(GiveBack.objects.dealt_with()) == [give_back]


@pytest.mark.parametrize("how", ["reject", "withdraw"])
def test_what_is_turned_down_waits_again(give_back: GiveBack, finance_officer: Actor, director: Actor, how: str) -> None:
    at = efforts.day_after_end(give_back.effort)
    proposal = propose(give_back, finance_officer)
    by = director if how == "reject" else finance_officer
    getattr(proposals, how)(proposal, by=by, at=at, note="Forkert beslutning")

    assert due() == [give_back]
    again = propose(give_back, finance_officer)
    assert due() == []
    assert list(give_back.proposals.values_list("proposal", flat=True)) == [proposal.pk, again.pk]


def test_it_is_proposed_once(give_back: GiveBack, finance_officer: Actor) -> None:
    propose(give_back, finance_officer)
    with pytest.raises(RuleBroken, match="allerede foreslået"):
        propose(give_back, finance_officer)
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("who", ["case_officer", "director", "applicant"])
def test_a_closed_years_money_is_finances_to_decide_on(give_back: GiveBack, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        propose(give_back, request.getfixturevalue(who))
    assert due() == [give_back]


def test_money_that_the_rule_keeps_in_its_year_is_released_there(
    give_back: GiveBack, finance_officer: Actor, director: Actor
) -> None:
    set_rule(Reuse.NOT_REUSED, by=finance_officer, seconded_by=director)

    proposal = propose(give_back, finance_officer)

    assert isinstance(proposal.act, proposed.Release)
    proposals.approve(proposal, by=director, at=efforts.day_after_end(give_back.effort))
    assert FrameYear.objects.position(2026).withheld == UNSPENT


@pytest.mark.usefixtures("years")
def test_more_than_the_case_holds_does_not_wait(closing: Effort, case_cast: CaseCast) -> None:
    with pytest.raises(RuleBroken, match=r"Sagen har 9.000.000 kr. af rammen for 2026"):
        close(closing, case_cast, social=Decimal(9_000_001))
    with pytest.raises(RuleBroken, match="Sagen har 0 kr"):
        close(closing, case_cast, rent=Decimal(1))
    assert due() == []


def test_revoked_and_closed_together_hold_no_more_than_the_case(active: Effort, case_cast: CaseCast) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    close_year(2026, by=case_cast.finance_officer, seconded_by=case_cast.director)
    transitions.revoke(
        active,
        released_social=Decimal(5_000_000),
        released_rent=Decimal(0),
        reason="Ikke påbegyndt",
        by=case_cast.director,
        at=efforts.FIRST_DAY,
    )
    with pytest.raises(RuleBroken, match=r"Sagen har 4.000.000 kr."):
        close(active, case_cast, social=Decimal(4_000_001))
    close(active, case_cast, social=Decimal(4_000_000))

    assert [(row.amount, row.cause) for row in due()] == [
        (Decimal(5_000_000), ReleaseCause.REVOKED),
        (Decimal(4_000_000), ReleaseCause.UNUSED),
    ]


@pytest.mark.parametrize("is_withheld", [False, True])
def test_what_is_proposed_already_is_not_given_back_once_more(
    active: Effort, case_cast: CaseCast, finance_officer: Actor, *, is_withheld: bool
) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    close_year(2026, by=case_cast.finance_officer, seconded_by=case_cast.director)
    released = {"released_social": Decimal(5_000_000), "released_rent": Decimal(0)}
    transitions.revoke(active, **released, reason="Ikke påbegyndt", by=case_cast.director, at=efforts.FIRST_DAY)
    propose(GiveBack.objects.get(), finance_officer)
    if is_withheld:
        set_rule(Reuse.NOT_REUSED, by=case_cast.finance_officer, seconded_by=case_cast.director)

    with pytest.raises(RuleBroken, match=r"Sagen har 4.000.000 kr."):
        close(active, case_cast, social=Decimal(4_000_001))
    close(active, case_cast, social=Decimal(4_000_000))

    assert held(active) == Decimal(5_000_000 if is_withheld else 9_000_000)


def by_hand(give_back: GiveBack, **changed: Any) -> proposed.ReleaseByCarryOver:
    """The same money by the ledger's general form, with words of its own."""
    act = transitions.release_of(give_back, decision=DECISION, on=datetime.date(2029, 1, 1))
    assert isinstance(act, proposed.ReleaseByCarryOver)
    return dataclasses.replace(act, legal_basis="§ 91 a", **changed)


@pytest.mark.parametrize("is_proposed", [False, True])
def test_money_that_waits_on_the_list_is_not_released_by_the_general_form(
    give_back: GiveBack, finance_officer: Actor, *, is_proposed: bool
) -> None:
    if is_proposed:
        propose(give_back, finance_officer)
    before = Proposal.objects.count()

    with pytest.raises(RuleBroken, match="står på listen over beløb til frigivelse"):
        proposals.propose(by_hand(give_back), by=finance_officer, at=efforts.day_after_end(give_back.effort), reason=REASON)
    assert Proposal.objects.count() == before


def test_a_general_proposal_made_before_the_money_came_to_the_list_is_not_approved(
    years: None, closing: Effort, case_cast: CaseCast, finance_officer: Actor, director: Actor
) -> None:
    at = efforts.day_after_end(closing)
    waiting_one = GiveBack(effort=closing, frame_year=2026, money=Money.SOCIAL, amount=UNSPENT, cause=ReleaseCause.UNUSED)
    early = proposals.propose(by_hand(waiting_one), by=finance_officer, at=at, reason=REASON)
    close(closing, case_cast)

    with pytest.raises(RuleBroken, match="står på listen over beløb til frigivelse"):
        proposals.approve(early, by=director, at=at)
    assert held(closing) == Decimal(9_000_000)


def test_other_money_is_released_by_the_general_form_as_before(
    give_back: GiveBack, finance_officer: Actor, director: Actor
) -> None:
    at = efforts.day_after_end(give_back.effort)
    for changed in ({"case_reference": "999999"}, {"case_reference": "9" * 20}, {"case_reference": "B-7"}, {"money": Money.RENT}):
        proposals.propose(by_hand(give_back, **changed), by=finance_officer, at=at, reason=REASON)

    proposals.approve(propose(give_back, finance_officer), by=director, at=at)
    proposals.propose(by_hand(give_back), by=finance_officer, at=at, reason=REASON)
    assert Proposal.objects.count() == 6


def test_nobody_changes_what_waits(give_back: GiveBack) -> None:
    for change in (lambda: GiveBack.objects.update(amount=1), lambda: GiveBack.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert due() == [give_back]


@pytest.mark.usefixtures("years")
def test_finance_is_mailed_once_without_the_amount(
    closing: Effort,
    case_cast: CaseCast,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        close(closing, case_cast)

    [letter] = [mail for mail in mails_to(case_cast.finance_officer) if "lukket år" in mail.subject]
    assert path_in(letter) == reverse("monitoring:give_backs")
    assert "100.000" not in letter.subject + str(letter.body)
    assert not [mail for mail in mails_to(case_cast.director) if "lukket år" in mail.subject]


# Pages


@pytest.fixture
def finance(client: Client, give_back: GiveBack, finance_officer: Actor) -> Client:
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)
    return client


def form_of(give_back: GiveBack) -> str:
    return reverse("monitoring:propose_give_back", args=[give_back.pk])


def test_finance_finds_it_on_the_front_page_and_proposes_it(finance: Client, give_back: GiveBack) -> None:
    assert reverse("monitoring:give_backs") in finance.get("/").content.decode()
    assert form_of(give_back) in finance.get(reverse("monitoring:give_backs")).content.decode()
    html = finance.get(form_of(give_back)).content.decode()
    assert "100.000 kr." in html
    assert REASON in html

    [seen] = re.findall(r'name="seen" value="(\w+)"', html)
    answer = finance.post(form_of(give_back), {"decision": DECISION, "reason": REASON, "seen": seen})

    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    assert proposal.act == proposed.ReleaseByCarryOver(
        year=2026,
        case_reference=str(give_back.effort.application.case_number),
        money=Money.SOCIAL,
        amount=UNSPENT,
        cause=ReleaseCause.UNUSED,
        legal_basis="Almenboligloven § 91 a, stk. 1; R6",
        decision=DECISION,
    )
    assert reverse("monitoring:give_backs") not in finance.get("/").content.decode()
    assert "Frigivelsen er allerede foreslået" in finance.get(form_of(give_back)).content.decode()


def test_what_would_now_do_something_else_is_shown_before_it_is_sent(
    finance: Client, give_back: GiveBack, finance_officer: Actor, director: Actor
) -> None:
    [seen] = re.findall(r'name="seen" value="(\w+)"', finance.get(form_of(give_back)).content.decode())
    set_rule(Reuse.NOT_REUSED, by=finance_officer, seconded_by=director)

    html = finance.post(form_of(give_back), {"decision": DECISION, "reason": REASON, "seen": seen}).content.decode()

    assert "gør nu noget andet, end da du så det" in html
    assert not Proposal.objects.exists()


def test_the_general_form_leads_to_the_list_instead(finance: Client, give_back: GiveBack) -> None:
    address = reverse("ledger:propose", args=["release-by-carry-over"])
    act = by_hand(give_back)
    sent = {
        "frame_year": str(FrameYear.objects.numbered(2026).pk),
        "case_reference": act.case_reference,
        "money": act.money.value,
        "amount": "1",
        "cause": act.cause.value,
        "legal_basis": act.legal_basis,
        "decision": DECISION,
        "reason": REASON,
    }
    html = finance.post(address, sent).content.decode().partition("<main")[2]

    assert "står på listen over beløb til frigivelse" in html
    assert reverse("monitoring:give_backs") in html
    assert "Send til godkendelse" not in html


def test_what_is_missing_is_said_and_what_was_typed_stays(finance: Client, give_back: GiveBack) -> None:
    html = finance.post(form_of(give_back), {"decision": "", "reason": "Skrevet her"}).content.decode()

    assert "Udfyld feltet: Økonomis beslutning" in html
    assert "Skrevet her" in html
    assert not Proposal.objects.exists()


def test_without_an_open_year_the_page_says_what_stands_in_the_way(
    finance: Client, give_back: GiveBack, finance_officer: Actor, director: Actor
) -> None:
    posting.close_year(
        2027, on=datetime.date(2028, 2, 1), by=finance_officer, seconded_by=director, reason="Slut", at=efforts.FIRST_DAY
    )
    html = finance.get(form_of(give_back)).content.decode()
    assert "Der er ingen åben ramme efter 2026" in html


def test_the_list_narrows_and_is_fetched_as_a_file(finance: Client, give_back: GiveBack, finance_officer: Actor) -> None:
    address = reverse("monitoring:give_backs")
    assert [row for row, _state in finance.get(address).context["rows"]] == [give_back]
    assert "Ingen beløb passer" in finance.get(address + "?state=proposed").content.decode()
    propose(give_back, finance_officer)

    assert "Intet venter på økonomi nu" in finance.get(address).content.decode()
    assert [state for _row, state in finance.get(address + "?state=all").context["rows"]] == [State.WAITING.label]
    text = b"".join(finance.get(address + "?state=proposed&_export=csv")).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Beløb"], row["Status"]) == ("100000,00", "Venter på godkendelse")
    assert finance.get(address + "?page=9").status_code == 404


def test_two_amounts_take_as_many_queries_as_two_hundred(
    finance: Client, give_back: GiveBack, django_assert_max_num_queries: DjangoAssertNumQueries, case_cast: CaseCast
) -> None:
    """As many as one effort can have: two kinds of money, three causes."""
    address = reverse("monitoring:give_backs")
    finance.get(address)
    with django_assert_max_num_queries(25) as few:
        finance.get(address)
    for money in (Money.RENT, Money.VACANCY):
        for cause in ReleaseCause:
            GiveBack.objects.create(effort=give_back.effort, frame_year=2026, money=money, amount=1, cause=cause, reason="x")
    with django_assert_max_num_queries(25) as many:
        assert len(finance.get(address).context["rows"]) == 7
    assert len(few) == len(many)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well_everywhere(
    live_server: LiveServer, page: Page, client: Client, give_back: GiveBack, finance_officer: Actor
) -> None:
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url + "/")
    inspect(page, "give backs on the front page")
    page.get_by_role("link", name="Se beløb til frigivelse").click()
    inspect(page, "give backs")
    page.get_by_role("link", name="Foreslå frigivelse").click()
    page.get_by_role("button", name="Send til godkendelse").click()
    inspect(page, "give back to propose with an error")
    page.get_by_label("Økonomis beslutning").fill(DECISION)
    page.get_by_role("button", name="Send til godkendelse").click()
    expect(page.get_by_text("Forslaget er sendt til godkendelse.")).to_be_visible()
    page.goto(live_server.url + reverse("monitoring:give_backs"))
    inspect(page, "give backs none")
