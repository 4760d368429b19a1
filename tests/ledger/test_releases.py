"""What lapses, is revoked or stays unspent goes back with its year kept; a dated rule says whether it is used again (R6, G2)."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from ledger import checking, posting
from ledger.kinds import EntryKind, Money, ReleaseCause, Reuse
from ledger.models import Allocation, Entry, FrameYear, ReleaseRule
from ledger.positions import ZERO
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import DECISION, MILLION, carry_over, close, commit, release, release_by_carry_over, reverse, set_rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frames(db: None) -> None:
    """A case holds ten million of 2024; 2024 and 2025 are closed, 2026 is open."""
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    commit(10 * MILLION, 2024, case_reference="100024")


def close_both() -> None:
    close(2024)
    close(2025)


def give_back(**given: object) -> list[Entry]:
    return release_by_carry_over(4 * MILLION, 2024, case_reference="100024", on=datetime.date(2026, 5, 1), **given)


def test_a_release_says_why_it_was_made() -> None:
    for cause in ReleaseCause:
        assert release(MILLION, 2024, case_reference="100024", cause=cause).cause == cause
    with pytest.raises(IntegrityError, match="entry_has_a_cause_when_released"), transaction.atomic():
        release(MILLION, 2024, case_reference="100024", cause="")


def test_a_release_in_an_open_year_may_be_used_again_in_it() -> None:
    entry = release(4 * MILLION, 2024, case_reference="100024")

    assert FrameYear.objects.position(2024).committed == 6 * MILLION
    assert entry.explanation == ("Pengene er tilbage i rammen for 2024, hvor tilsagnet blev givet, og kan bruges igen i det år.")


def test_a_closed_year_takes_no_plain_release_and_says_what_to_do() -> None:
    close_both()

    with pytest.raises(RuleBroken) as refused:
        release(MILLION, 2024, case_reference="100024")

    assert str(refused.value) == (
        "Rammen for 2024 er lukket og tager ikke imod frigivne beløb. Økonomi kan beslutte at frigive beløbet og overføre det"
        " til det første åbne år."
    )
    assert not posting.takes_back(2024, on=datetime.date(2026, 5, 1))
    assert posting.takes_back(2026, on=datetime.date(2026, 5, 1))


def test_a_release_from_a_closed_year_is_carried_to_the_first_open_one_in_one_act() -> None:
    close_both()
    before = {year: FrameYear.objects.position(year).available for year in (2024, 2025)}

    entries = give_back()

    assert [(entry.kind, entry.frame_year.year, entry.amount / MILLION) for entry in entries] == [
        (EntryKind.RELEASE, 2024, -4),
        (EntryKind.CARRY_OUT, 2024, -4),
        (EntryKind.CARRY_IN, 2025, 4),
        (EntryKind.CARRY_OUT, 2025, -4),
        (EntryKind.CARRY_IN, 2026, 4),
    ]
    assert len({entry.act for entry in entries}) == 1
    assert {entry.decision for entry in entries} == {DECISION}
    assert {year: FrameYear.objects.position(year).available for year in (2024, 2025)} == before
    assert FrameYear.objects.position(2026).available == 384 * MILLION
    assert Allocation.objects.get(case_reference="100024").held == 6 * MILLION
    assert entries[0].explanation == (
        f"Tilsagnet var givet af rammen for 2024, som er lukket. Pengene er overført til 2026 og kan bruges dér ({DECISION})."
    )
    assert checking.check().is_ok


def test_the_same_key_releases_once_also_when_another_year_has_closed_since() -> None:
    close_both()
    first = give_back(key="proposal:1")
    FrameYearFactory.create(year=2027, carried=True)
    close(2026)

    again = give_back(key="proposal:1")

    assert [entry.pk for entry in again] == [entry.pk for entry in first]


def test_an_open_year_is_released_to_as_it_is() -> None:
    with pytest.raises(RuleBroken, match="Rammen for 2024 er åben"):
        give_back()


def test_without_an_open_year_nothing_is_released() -> None:
    close_both()
    close(2026)

    with pytest.raises(RuleBroken, match="ingen åben ramme efter 2024"):
        give_back()
    assert Allocation.objects.get(case_reference="100024").held == 10 * MILLION


def test_no_more_is_carried_on_than_the_case_holds() -> None:
    close_both()

    with pytest.raises(RuleBroken, match=r"Sagen har 10\.000\.000 kr\. af rammen for 2024"):
        release_by_carry_over(11 * MILLION, 2024, case_reference="100024")
    assert Entry.objects.count() == 1


def test_it_takes_finance_a_decision_and_another_person(director: Actor, finance_officer: Actor) -> None:
    close_both()

    with pytest.raises(NotAllowed):
        give_back(by=director, seconded_by=finance_officer)
    with pytest.raises(RuleBroken, match="Skriv økonomis beslutning"):
        give_back(decision=" ")
    with pytest.raises(RuleBroken, match="af en anden end den"):
        give_back(by=finance_officer, seconded_by=finance_officer)
    entries = give_back(by=finance_officer, seconded_by=director)
    assert {entry.role for entry in entries} == {Role.FINANCE_OFFICER}


def test_what_was_released_and_carried_on_is_not_reversed() -> None:
    close_both()
    released, *_ = give_back()

    with pytest.raises(RuleBroken, match="bogført sammen med en overførsel til 2026"):
        reverse(released)


# The rule of the period


def test_without_a_rule_money_is_used_again_in_its_year_or_carried_over() -> None:
    period = FrameYear.objects.numbered(2024).period_id
    assert ReleaseRule.objects.rule_on(period, datetime.date(2024, 1, 1)) == Reuse.SAME_YEAR_OR_CARRY_OVER


def test_money_that_is_not_used_again_leaves_the_case_and_gives_no_room() -> None:
    set_rule(Reuse.NOT_REUSED)
    commit(370 * MILLION, 2026, case_reference="100026")

    entry = release(70 * MILLION, 2026, case_reference="100026")

    position = FrameYear.objects.position(2026)
    assert entry.is_withheld
    assert (position.committed, position.withheld) == (370 * MILLION, 70 * MILLION)
    assert position.available == 10 * MILLION
    assert Allocation.objects.get(case_reference="100026").held == 300 * MILLION
    assert entry.explanation == ("Sagen har ikke længere pengene. De hører til rammen for 2026 og kan ikke bruges igen.")
    with pytest.raises(RuleBroken, match=r"har 10\.000\.000 kr\. tilbage"):
        commit(10 * MILLION + 1, 2026)
    assert checking.check().is_ok


def test_withheld_rent_gives_the_rent_part_no_room_either() -> None:
    set_rule(Reuse.NOT_REUSED)
    commit(240 * MILLION, 2026, money=Money.RENT)
    release(40 * MILLION, 2026, money=Money.RENT)

    with pytest.raises(RuleBroken, match="Lejedelen af rammen"):
        commit(1, 2026, money=Money.RENT)


def test_a_withheld_release_is_put_right_like_any_other() -> None:
    set_rule(Reuse.NOT_REUSED)
    commit(370 * MILLION, 2026)

    reverse(release(70 * MILLION, 2026))

    position = FrameYear.objects.position(2026)
    assert (position.committed, position.withheld) == (370 * MILLION, ZERO)
    assert Allocation.objects.get(case_reference="100001").held == 370 * MILLION
    assert checking.check().is_ok


def test_by_the_rule_of_the_same_year_a_closed_year_takes_money_back_and_keeps_it() -> None:
    set_rule(Reuse.SAME_YEAR_ONLY)
    close_both()
    on = datetime.date(2026, 5, 1)

    assert posting.takes_back(2024, on=on)
    entry = release(4 * MILLION, 2024, case_reference="100024", on=on)

    assert entry.is_withheld
    assert FrameYear.objects.position(2024).available == 370 * MILLION
    with pytest.raises(RuleBroken, match="reglen for frigivne beløb"):
        give_back()
    commit(MILLION, 2026)
    assert not release(MILLION, 2026).is_withheld
    assert checking.check().is_ok


def test_the_rule_of_the_day_of_the_decision_holds() -> None:
    set_rule(Reuse.NOT_REUSED, valid_from=datetime.date(2026, 6, 1))
    commit(10 * MILLION, 2026)

    before, after = (release(MILLION, 2026, on=datetime.date(2026, month, day)) for month, day in ((5, 31), (6, 1)))

    assert (before.is_withheld, after.is_withheld) == (False, True)


def test_the_latest_rule_of_a_day_holds() -> None:
    set_rule(Reuse.NOT_REUSED)
    set_rule(Reuse.SAME_YEAR_OR_CARRY_OVER)
    commit(10 * MILLION, 2026)

    assert not release(MILLION, 2026).is_withheld


def test_a_rule_does_not_reach_back() -> None:
    with pytest.raises(RuleBroken, match="tidligst gælde fra den dag"):
        set_rule(Reuse.NOT_REUSED, valid_from=datetime.date(2025, 12, 31))


def test_a_rule_says_whence_it_comes_and_is_set_once() -> None:
    with pytest.raises(RuleBroken, match="hvor reglen kommer fra"):
        set_rule(Reuse.NOT_REUSED, source=" ")
    first = set_rule(Reuse.NOT_REUSED, key="proposal:1")

    assert set_rule(Reuse.NOT_REUSED, key="proposal:1").pk == first.pk
    assert first.seconded_by != first.by


def test_a_list_of_entries_explains_all_of_them_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    close_both()
    give_back()
    carry_over(MILLION, 2025, on=datetime.date(2026, 6, 1), decision=DECISION)

    with django_assert_num_queries(1):
        told = [entry.explanation for entry in Entry.objects.with_names().order_by("pk")]
    assert len(told) == 8
    assert told[1].startswith("Tilsagnet var givet af rammen for 2024, som er lukket. Pengene er overført til 2026")
