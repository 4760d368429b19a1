"""Reading the ledger: positions, a case's place, and how many queries that takes."""

from decimal import Decimal

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from ledger.kinds import FrameKind, Money
from ledger.models import Allocation, Entry, FrameYear
from ledger.positions import Position, share
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, commit, release


def position(**facts: Decimal | None) -> Position:
    given = {
        "base": 380 * MILLION,
        "regulated": None,
        "base_rent": 240 * MILLION,
        "regulated_rent": None,
        "carried_in": Decimal(0),
        "carried_out": Decimal(0),
        "carried_out_by_decision": Decimal(0),
        "committed": Decimal(0),
        "rent_committed": Decimal(0),
        "withheld": Decimal(0),
        "reserved": Decimal(0),
        "rent_reserved": Decimal(0),
        **facts,
    }
    return Position(year=2026, period="P2019_26", frame=FrameKind.ORDINARY, **given)  # type: ignore[arg-type]  # a table of facts


def test_the_regulated_amounts_count_as_soon_as_they_are_typed_in() -> None:
    assert position().ceiling == 380 * MILLION
    regulated = position(regulated=400 * MILLION, regulated_rent=250 * MILLION)
    assert (regulated.ceiling, regulated.rent_ceiling, regulated.social_guideline) == (
        400 * MILLION,
        250 * MILLION,
        150 * MILLION,
    )


def test_rent_cannot_take_more_than_is_left_of_the_whole() -> None:
    assert position(committed=300 * MILLION, rent_committed=100 * MILLION).rent_available == 80 * MILLION
    assert position(committed=200 * MILLION, rent_committed=190 * MILLION).rent_available == 50 * MILLION


@pytest.mark.parametrize(("social", "is_past"), [("139999999.99", False), ("140000000", False), ("140000000.01", True)])
def test_the_published_split_is_a_warning_from_the_first_ore_beyond(social: str, is_past: bool) -> None:  # noqa: FBT001 - a table
    assert position(committed=Decimal(social)).is_past_guideline is is_past


def test_money_carried_in_widens_the_guideline() -> None:
    assert not position(committed=150 * MILLION, carried_in=10 * MILLION).is_past_guideline


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(Decimal(0), Decimal(0)) == 0
    assert share(Decimal(1), Decimal(4)) == Decimal("0.25")


@pytest.mark.parametrize(
    ("facts", "carriable"),
    [
        ({}, 380),
        ({"committed": 300}, 80),
        # Carried money counts as used first: the year's own is left.
        ({"carried_in": 50}, 380),
        ({"carried_in": 50, "committed": 40}, 380),
        ({"carried_in": 50, "committed": 60}, 370),
        ({"carried_in": 50, "committed": 430}, 0),
        # What was carried on without a decision was the year's own.
        ({"carried_in": 50, "carried_out": 380}, 0),
        ({"carried_in": 50, "carried_out": 400, "carried_out_by_decision": 20}, 0),
        ({"carried_in": 50, "carried_out": 50, "carried_out_by_decision": 50}, 380),
        ({"carried_in": 50, "carried_out": 120, "carried_out_by_decision": 120}, 310),
    ],
)
def test_what_may_be_carried_without_a_decision_is_the_years_own_unused_money(facts: dict[str, int], carriable: int) -> None:
    assert position(**{name: value * MILLION for name, value in facts.items()}).carriable == carriable * MILLION


def test_the_outlook_adds_what_is_reserved_and_what_waits() -> None:
    stands = position(committed=300 * MILLION, reserved=50 * MILLION)

    assert stands.outlook(20 * MILLION) == 370 * MILLION
    assert stands.outlook_available() == 30 * MILLION
    assert stands.outlook_available(40 * MILLION) == -10 * MILLION
    assert stands.available == 80 * MILLION


@pytest.mark.django_db
def test_a_case_finds_its_place_in_the_frame() -> None:
    FrameYearFactory.create()
    commit(8 * MILLION, case_reference="100001")
    commit(30 * MILLION, case_reference="100001", money=Money.RENT)
    commit(Decimal(380_000), case_reference="100001", money=Money.VACANCY)
    commit(Decimal(151_620_000), case_reference="100002")

    place = Allocation.objects.place_of("100001")

    assert place is not None
    assert (place.year, place.social, place.rent) == (2026, 8 * MILLION, Decimal(30_380_000))
    assert (place.total, place.ceiling) == (Decimal(38_380_000), 380 * MILLION)
    assert (place.own_share, place.committed_share) == (Decimal("0.101"), Decimal("0.5"))


@pytest.mark.django_db
def test_a_case_that_gave_everything_back_has_no_place() -> None:
    FrameYearFactory.create()
    commit(8 * MILLION)
    release(8 * MILLION)

    assert Allocation.objects.place_of("100001") is None
    assert Allocation.objects.place_of("unknown") is None


@pytest.mark.django_db
def test_a_case_with_money_of_two_years_stands_in_the_later() -> None:
    FrameYearFactory.create(year=2025)
    FrameYearFactory.create(year=2026)
    commit(8 * MILLION, year=2025)
    commit(9 * MILLION, year=2026)

    place = Allocation.objects.place_of("100001")

    assert place is not None
    assert (place.year, place.total) == (2026, 9 * MILLION)


@pytest.mark.django_db
def test_all_positions_are_one_query_and_so_is_a_place(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    commit(8 * MILLION)

    with django_assert_num_queries(1):
        assert [position.year for position in FrameYear.objects.positions()] == [2024, 2025, 2026]
    with django_assert_num_queries(1):
        Allocation.objects.place_of("100001")


@pytest.mark.django_db
def test_the_entries_of_a_case_come_in_order_and_without_others() -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    first, second = commit(8 * MILLION), release(MILLION)
    commit(MILLION, case_reference="100002")
    carry_over(MILLION)

    assert list(Entry.objects.of_case("100001")) == [first, second]
