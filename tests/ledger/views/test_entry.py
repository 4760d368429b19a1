"""One entry and what it hangs together with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import RuleBroken
from ledger import proposals, proposed
from ledger.kinds import FrameKind, Money, Reuse
from ledger.models import Entry
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import (
    DECISION,
    MILLION,
    _of_the_fund,
    carry_over,
    close,
    commit,
    finance,
    release,
    release_by_carry_over,
    second,
    set_rule,
)
from tests.ledger.acts import reverse as reverse_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]


@pytest.fixture
def reader(client: Client, case_officer: Actor) -> Client:
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    return client


@pytest.fixture
def years(db: None) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)


def page(reader: Client, entry: Entry) -> str:
    response = reader.get(entry.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_an_entry_says_everything_and_leads_to_its_case_and_year(reader: Client, years: None) -> None:
    entry = commit(12 * MILLION, reason="Bestyrelsen\nhar besluttet <b>det</b>")
    html = page(reader, entry)

    for text in (
        "12.000.000 kr.",
        "Boligsocial indsats",
        "Portalen",
        "Almenboligloven § 91 a, stk. 1",
        "Bestyrelsen<br>har besluttet &lt;b&gt;det&lt;/b&gt;",
        entry.key,
        "Sagens egen afgørelse",
        "22. november 2026 kl. 13:00",
        'href="/cases/100001/"',
        f'href="{reverse("ledger:frame_year", args=[2026])}"',
    ):
        assert text in html


def test_a_reversal_and_what_it_puts_right_lead_to_each_other(reader: Client, years: None) -> None:
    mistake = commit(MILLION)
    reversal = reverse_entry(mistake)

    assert f'href="{mistake.get_absolute_url()}"' in page(reader, reversal)
    html = page(reader, mistake)
    assert f'href="{reversal.get_absolute_url()}"' in html
    assert "Tilbageført" in html


def test_the_two_halves_of_a_carry_over_lead_to_each_other(reader: Client, years: None) -> None:
    out, arrived = carry_over(MILLION, from_year=2025)

    assert f'href="{arrived.get_absolute_url()}"' in page(reader, out)
    assert f'href="{out.get_absolute_url()}"' in page(reader, arrived)


def test_a_release_from_a_closed_year_tells_where_the_money_ends_and_names_its_whole_act(reader: Client, years: None) -> None:
    commit(10 * MILLION, year=2025)
    close(2025)
    released, *hops = release_by_carry_over(4 * MILLION)
    html = page(reader, released)

    assert len(hops) == 2
    for other in hops:
        assert f'href="{other.get_absolute_url()}"' in html
    assert f"Pengene er overført til 2026 og kan bruges dér ({DECISION})" in html
    assert DECISION in html


def test_withheld_money_is_marked_on_the_entry_and_shown_on_its_year(reader: Client, years: None) -> None:
    set_rule(Reuse.NOT_REUSED)
    commit(10 * MILLION)
    released = release(4 * MILLION)

    assert "Tilbageholdt" in page(reader, released)
    html = reader.get(reverse("ledger:frame_year", args=[2026])).content.decode()
    assert "Heraf tilbageholdt" in html
    assert "Sagen har ikke længere pengene. De hører til rammen for 2026 og kan ikke bruges igen." in html


def test_a_posting_by_hand_leads_to_its_proposal(reader: Client, years: None) -> None:
    proposal = proposals.propose(proposed.CarryOver(2025, MILLION), by=finance(), at=timezone.now(), reason="Ikke brugt")
    proposals.approve(proposal, by=second(), at=timezone.now())

    for entry in Entry.objects.all():
        assert f'href="{proposal.get_absolute_url()}"' in page(reader, entry)


def test_a_key_that_names_no_proposal_leads_nowhere(reader: Client, years: None) -> None:
    for key in ("proposal:999", "proposal:x", "proposal:1x", "proposal:99999999999999999999"):
        assert "Forslag " not in page(reader, commit(1, key=key)).partition("<main")[2]


def test_an_entry_of_the_extra_frame_leads_to_its_own_year(reader: Client, db: None) -> None:
    FrameYearFactory.create(extra=True)
    entry = commit(MILLION, year=2023, frame=FrameKind.EXTRA_RENT, money=Money.RENT)
    html = page(reader, entry)

    assert f'href="{reverse("ledger:extra_year", args=[2023])}"' in html
    assert "Den ekstra ramme for 2023" in html


def test_an_entry_that_does_not_exist_is_404(reader: Client) -> None:
    assert reader.get(reverse("ledger:entry", args=[1])).status_code == 404


def test_others_are_refused(client: Client, years: None, applicant: Actor) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    assert client.get(commit(1).get_absolute_url()).status_code == 403


def test_an_entry_of_two_takes_as_many_queries_as_one_of_ten(
    reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(2019, 2027):
        FrameYearFactory.create(year=year)
    for year in (2019, 2025):
        commit(10 * MILLION, year=year)
    for year in range(2019, 2026):
        close(year)
    short, *_ = release_by_carry_over(MILLION, year=2025)
    long, *hops = release_by_carry_over(MILLION, year=2019)
    with django_assert_max_num_queries(25) as few:
        page(reader, short)
    with django_assert_max_num_queries(25) as many:
        page(reader, long)
    assert len(hops) == 14
    assert len(few) == len(many)


def test_a_release_of_the_cases_own_says_who_made_it_and_claims_no_second_person(reader: Client, years: None) -> None:
    commit(10 * MILLION)
    officer = _of_the_fund("sag@example.org", Role.CASE_OFFICER)
    html = page(reader, release(4 * MILLION, by=officer))

    assert "Sagens egen afgørelse" not in html
    assert f"Følger af, hvad der er besluttet i sagen af {officer.user}, Sagsbehandler" in html


def test_a_release_that_was_carried_on_is_not_put_right_alone_and_the_reason_is_told(years: None) -> None:
    commit(10 * MILLION, year=2025)
    close(2025)
    released, *_ = release_by_carry_over(4 * MILLION)

    with pytest.raises(RuleBroken, match="bogført sammen med en overførsel til 2026"):
        reverse_entry(released)
