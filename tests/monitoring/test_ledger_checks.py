"""What efforts gave back against what the ledger released: both ways, and after a reversal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from lbf_portal.lib.sql import APP_ROLE
from ledger.models import Entry
from monitoring import ledger_checks, transitions
from monitoring.models import Effort
from tests.factories import monitoring as efforts
from tests.factories.applications import CaseCast
from tests.ledger import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(closing: Effort, case_cast: CaseCast) -> Effort:
    """Closed with 100.000 kr. unspent, which went back to the open frame of 2026."""
    transitions.close(
        closing,
        unspent_social=Decimal(100_000),
        unspent_rent=Decimal(0),
        reason="Regnskabet er godkendt.",
        by=case_cast.case_officer,
        at=efforts.day_after_end(closing),
    )
    return closing


def texts() -> list[str]:
    return [finding.text for finding in ledger_checks.differing(at=timezone.now())]


def test_an_effort_that_ended_as_the_portal_ends_it_differs_in_nothing(closed: Effort) -> None:
    assert Entry.objects.filter(kind="RELEASE").count() == 1
    assert texts() == []


def test_a_release_that_was_taken_away_or_changed_is_found(closed: Effort) -> None:
    released = Entry.objects.get(kind="RELEASE")
    case = closed.application.case_number
    tamper(f"UPDATE ledger_entry SET amount = -1 WHERE id = {released.pk}")
    assert texts() == [f"Sag {case}: indsatsen gav 100.000 kr. tilbage, da den sluttede; posteringerne giver 1 kr."]

    tamper(f"DELETE FROM ledger_entry WHERE id = {released.pk}")
    assert texts() == [f"Sag {case}: indsatsen gav 100.000 kr. tilbage, da den sluttede; posteringerne giver 0 kr."]


def test_a_release_that_no_effort_told_of_is_found_with_its_entry(closed: Effort) -> None:
    entry = acts.release(5, case_reference=str(closed.application.case_number), key=f"effort:{closed.pk}:revoke:social")

    [finding] = ledger_checks.differing(at=timezone.now())
    assert (finding.entries, finding.case, finding.year) == ((entry.pk,), str(closed.application.case_number), 2026)


def test_a_release_that_was_reversed_by_hand_is_found(closed: Effort) -> None:
    acts.reverse(Entry.objects.get(kind="RELEASE"))

    assert len(texts()) == 1


def tamper(sql: str) -> None:
    """As the database's owner, with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        cursor.execute(f"SET ROLE {APP_ROLE}")
