"""What cases were given against what the ledger holds: each kind of difference is made as the database's owner, and found."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from applications import ledger_checks, states
from applications.models import Application, Document
from lbf_portal.lib.sql import APP_ROLE
from ledger import checking
from ledger.findings import Finding
from ledger.kinds import Money
from ledger.models import Allocation, Entry
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast
from tests.factories.ledger import FrameYearFactory
from tests.ledger import acts

pytestmark = pytest.mark.django_db

SOON, LATER = AT + datetime.timedelta(hours=1), AT + datetime.timedelta(hours=3)
TEXT = b"%PDF-1.7 brevet"


@pytest.fixture(autouse=True)
def letters_kept_in(tmp_path: Path, settings: Settings) -> None:
    """Letters of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def case(case_cast: CaseCast) -> Application:
    """Committed with 9 mio. for the effort and some rent, and its letter made a minute later."""
    application = cases.make_committed(case_cast, wants_rent_support=True)
    add_letter(application)
    return application


def add_letter(application: Application, at: datetime.datetime = AT + datetime.timedelta(minutes=1)) -> Document:
    event = application.events.get(event=states.COMMIT.event)
    name = f"{application.case_number}.pdf"
    return Document.objects.create(
        application=application,
        event=event,
        kind="COMMITMENT_LETTER",
        file=ContentFile(TEXT, name=name),
        sha256=hashlib.sha256(TEXT).hexdigest(),
        made_at=at,
    )


@contextmanager
def without_guards(*tables: str) -> Iterator[None]:
    """As the database's owner, with the tables' triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"SET ROLE {APP_ROLE}")


def tamper(sql: str, *tables: str) -> None:
    with without_guards(*tables), connection.cursor() as cursor:
        cursor.execute(sql)


def found(at: datetime.datetime = LATER) -> list[Finding]:
    return ledger_checks.differing(at=at)


def codes(at: datetime.datetime = LATER) -> set[str]:
    return {finding.code for finding in found(at)}


def entries_of(case: Application, money: Money) -> tuple[int, ...]:
    of_case = Entry.objects.of_case(str(case.case_number)).filter(money=money)
    return tuple(entry.pk for entry in of_case)


def test_a_case_as_the_portal_makes_it_differs_in_nothing(case: Application) -> None:
    assert found() == []
    assert checking.check_with_cases(at=LATER).is_ok


def test_the_command_tells_of_a_case_with_its_entries(case: Application) -> None:
    tamper(
        "UPDATE applications_decision SET social_amount = social_amount + 1 WHERE outcome = 'COMMITTED'", "applications_decision"
    )
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_frame", "--json", stdout=out)

    assert end.value.code == 1
    report = json.loads(out.getvalue())
    assert report["ok"] is False
    [finding] = [finding for finding in report["findings"] if finding["code"] == "commitment_differs"]
    assert finding == {
        "code": "commitment_differs",
        "year": 2026,
        "frame": "ORDINARY",
        "case": str(case.case_number),
        "text": (
            f"Sag {case.case_number}: afgørelsen giver 9.000.001 kr. til den boligsociale indsats,"
            " posteringerne giver 9.000.000 kr."
        ),
        "entries": list(entries_of(case, Money.SOCIAL)),
    }


def test_a_decision_that_was_changed_is_found_against_everything_that_follows_from_it(case: Application) -> None:
    tamper("UPDATE applications_decision SET rent_amount = rent_amount - 1 WHERE outcome = 'COMMITTED'", "applications_decision")

    assert codes() == {"commitment_differs", "recommendation_differs", "event_differs", "letter_differs"}
    [finding] = [finding for finding in found() if finding.code == "commitment_differs"]
    assert (finding.case, finding.about, finding.entries) == (str(case.case_number), "RENT", entries_of(case, Money.RENT))


def test_a_recommendation_that_was_changed_is_found(case: Application) -> None:
    tamper("UPDATE applications_recommendation SET social_amount = social_amount + 1", "applications_recommendation")

    assert codes() == {"recommendation_differs"}


def test_an_event_that_was_changed_is_found(case: Application) -> None:
    tamper(
        'UPDATE applications_applicationevent SET data = data || \'{"rent_amount": "1.00"}\''
        " WHERE event = 'application:committed'",
        "applications_applicationevent",
    )

    assert codes() == {"event_differs"}


def test_a_commitment_that_was_taken_out_of_the_ledger_is_found(case: Application) -> None:
    social = entries_of(case, Money.SOCIAL)
    tamper(f"DELETE FROM ledger_entry WHERE id = {social[0]}", "ledger_entry")

    [finding] = [finding for finding in found() if finding.code == "commitment_differs"]
    assert finding.text.endswith("posteringerne giver 0 kr.")
    assert finding.entries == ()


def test_a_commitment_that_was_moved_to_another_year_is_missing_there_and_too_much_here(case: Application) -> None:
    FrameYearFactory.create(year=2025)
    tamper(
        "UPDATE ledger_allocation SET frame_year_id = (SELECT id FROM ledger_frameyear WHERE year = 2025) WHERE money = 'SOCIAL'",
        "ledger_allocation",
    )

    differing = [finding for finding in found() if finding.code == "commitment_differs"]
    assert [(finding.year, finding.values["decided"], finding.values["posted"]) for finding in differing] == [
        (2025, "0 kr.", "9.000.000 kr."),
        (2026, "9.000.000 kr.", "0 kr."),
    ]


def test_a_reversal_takes_a_commitment_back_and_leaves_the_decision_alone(case: Application) -> None:
    acts.reverse(Entry.objects.get(pk=entries_of(case, Money.SOCIAL)[0]))

    [finding] = found()
    assert finding.code == "commitment_differs"
    assert finding.entries == entries_of(case, Money.SOCIAL)
    assert len(finding.entries) == 2


def test_a_release_is_no_difference(case: Application) -> None:
    released = acts.release(MIO, case_reference=str(case.case_number))
    assert found() == []

    acts.reverse(released)
    assert found() == []


def test_money_for_a_case_that_does_not_exist_is_found(case: Application) -> None:
    entry = acts.commit(MIO, case_reference="999999")

    [finding] = found()
    assert (finding.code, finding.case, finding.entries) == ("case_unknown", "999999", (entry.pk,))


def test_money_for_a_case_that_nobody_decided_is_found(case: Application, case_cast: CaseCast) -> None:
    other = cases.make_prequalified(case_cast, title="En anden")
    entry = acts.commit(MIO, case_reference=str(other.case_number), money=Money.VACANCY)

    [finding] = found()
    assert (finding.code, finding.case, finding.entries) == ("case_undecided", str(other.case_number), (entry.pk,))


def test_a_letter_may_be_an_hour_late_and_no_day(case_cast: CaseCast) -> None:
    cases.make_committed(case_cast)

    assert codes(SOON) == set()
    assert codes(LATER) == {"letter_missing"}


def test_a_letter_whose_file_is_another_or_gone_is_found(case: Application) -> None:
    letter = case.documents.get()
    with Path(letter.file.path).open("ab") as file:
        file.write(b" og lidt til")
    assert codes() == {"letter_changed"}

    Path(letter.file.path).unlink()
    assert codes() == {"letter_changed"}


def test_a_letter_that_was_made_before_all_was_posted_states_too_little(case_cast: CaseCast) -> None:
    application = cases.make_committed(case_cast, wants_rent_support=True)
    add_letter(application, at=AT - datetime.timedelta(minutes=1))

    [finding] = found()
    assert finding.code == "letter_differs"
    assert "opgør 0 kr." in finding.text


def test_another_year_asks_of_other_cases(case: Application) -> None:
    acts.commit(MIO, case_reference="999999")

    assert not checking.check_with_cases(at=LATER, year=2026).is_ok
    assert checking.check_with_cases(at=LATER, year=2025).is_ok
    assert checking.check_with_cases(at=LATER, as_of=AT.date()).is_ok


def test_two_cases_and_twenty_ask_equally_often(case: Application, case_cast: CaseCast) -> None:
    add_letter(cases.make_committed(case_cast, title="En til"))
    few = asked()
    for number in range(20):
        add_letter(cases.make_committed(case_cast, title=f"Nummer {number}", total=Decimal(120_000)))

    assert asked() == few
    # With something to tell there is one more: the entries concerned.
    for number in range(3):
        acts.commit(MIO, case_reference=f"99999{number}")
    assert asked() == few + 1
    assert Allocation.objects.count() == 26


def asked() -> int:
    with CaptureQueriesContext(connection) as queries:
        found()
    return len(queries)
