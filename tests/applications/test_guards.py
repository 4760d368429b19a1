"""What must never be false about a case is refused by the database itself: here the portal's own role writes past the portal."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from applications.models import Application
from applications.states import State
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db


def run(*statements: str) -> None:
    """As in psql, and then what the database looks at when a transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*statements, "SET CONSTRAINTS ALL IMMEDIATE"):
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def stopped_by(*statements: str) -> str:
    """The name of the constraint that refuses them."""
    with pytest.raises(IntegrityError) as caught:
        run(*statements)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name or str(cause)


def no_right_to(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(statement)


def event(application: Application, state_to: str) -> str:
    """An event of a move, forged."""
    return (
        "INSERT INTO applications_applicationevent (application_id, event, at, role, reason, state_from, state_to, data)"
        f" VALUES ('{application.pk}', 'application:forged', now(), 'DIRECTOR', '', '', '{state_to}', '{{}}')"
    )


def moved(application: Application, state: str, *, more: str = "") -> str:
    return f"UPDATE applications_application SET state = '{state}'{more} WHERE id = '{application.pk}'"


# States


def test_a_state_is_not_jumped_to(submitted: Application) -> None:
    jump = moved(submitted, State.PREQUALIFIED)

    assert stopped_by(event(submitted, State.PREQUALIFIED), jump) == "applications_application_legal_move"


def test_a_state_does_not_change_without_an_event(submitted: Application) -> None:
    assert stopped_by(moved(submitted, State.UNDER_ASSESSMENT)) == "applications_application_state_has_event"


def test_an_event_does_not_lie_about_the_state(submitted: Application) -> None:
    assert "applications_application_state_has_event" in stopped_by(
        event(submitted, State.WITHDRAWN), moved(submitted, State.UNDER_ASSESSMENT)
    )


def test_a_case_begins_as_a_draft(draft: Application) -> None:
    columns = [str(field.column) for field in Application._meta.local_fields]
    copied = ", ".join(column for column in columns if column not in {"id", "case_number", "state"})

    assert (
        stopped_by(
            f"INSERT INTO applications_application (id, case_number, state, {copied})"
            f" SELECT gen_random_uuid(), 999998, 'SUBMITTED', {copied} FROM applications_application"
        )
        == "applications_application_legal_move"
    )


def test_a_state_that_nobody_knows_is_refused(submitted: Application) -> None:
    assert stopped_by(moved(submitted, "APPROVED")) in {
        "application_state_is_known",
        "applications_application_legal_move",
    }


def test_a_case_is_decided_exactly_in_decided_states(submitted: Application) -> None:
    assert (
        stopped_by(f"UPDATE applications_application SET decided_at = now() WHERE id = '{submitted.pk}'")
        == "application_decided_exactly_in_decided_states"
    )


def test_a_submitted_case_keeps_the_moment_it_came_in(submitted: Application) -> None:
    assert (
        stopped_by(f"UPDATE applications_application SET submitted_at = NULL WHERE id = '{submitted.pk}'")
        == "application_submitted_unless_draft"
    )


@pytest.mark.parametrize(
    "table", ["applicationevent", "decision", "document", "recommendation", "signature", "applicationversion"]
)
def test_what_is_written_once_is_neither_changed_nor_removed(table: str, committed: Application) -> None:
    no_right_to(f"UPDATE applications_{table} SET id = id")
    no_right_to(f"DELETE FROM applications_{table}")
    no_right_to(f"TRUNCATE applications_{table} CASCADE")


# The decision


def decision(application: Application, *, recommended_by: int, decided_by: int, social: str = "9000000") -> str:
    """A commitment's decision, forged, on the case's recommendation."""
    return (
        "INSERT INTO applications_decision (application_id, outcome, decided_on, decided_by_id, reasons, facts,"
        " recommendation_id, recommended_by_id, frame_year, social_amount, rent_amount)"
        f" SELECT '{application.pk}', 'COMMITTED', current_date, {decided_by}, 'Fordi.', '{{}}',"
        f" id, {recommended_by}, 2026, {social}, 0"
        f" FROM applications_recommendation WHERE application_id = '{application.pk}'"
    )


def committed_by_hand(application: Application) -> str:
    return moved(application, State.COMMITTED, more=", decided_at = now()")


def person(actor_user: object) -> int:
    return int(getattr(actor_user, "pk"))  # noqa: B009 - the stubs know None here


def test_nobody_decides_what_they_recommended(recommended: Application, case_cast: CaseCast) -> None:
    officer = person(case_cast.case_officer.user)

    assert stopped_by(decision(recommended, recommended_by=officer, decided_by=officer)) == "decision_four_eyes"


def test_four_eyes_are_not_met_by_a_false_name(recommended: Application, case_cast: CaseCast) -> None:
    officer, director = person(case_cast.case_officer.user), person(case_cast.director.user)

    assert stopped_by(decision(recommended, recommended_by=director, decided_by=officer)) == "decision_names_its_recommender"


def test_no_commitment_without_a_decision(recommended: Application) -> None:
    forged = (event(recommended, State.COMMITTED), committed_by_hand(recommended))

    assert stopped_by(*forged) == "application_commitment_is_posted"


@pytest.mark.parametrize("amount", ["9000000", "1"])
def test_no_commitment_without_its_very_amount_on_the_frame(amount: str, recommended: Application, case_cast: CaseCast) -> None:
    officer, director = person(case_cast.case_officer.user), person(case_cast.director.user)
    forged = decision(recommended, recommended_by=officer, decided_by=director, social=amount)

    assert (
        stopped_by(forged, event(recommended, State.COMMITTED), committed_by_hand(recommended))
        == "application_commitment_is_posted"
    )


def test_a_case_is_committed_once(committed: Application, case_cast: CaseCast) -> None:
    again = (
        "INSERT INTO applications_recommendation (application_id, frame_year, social_amount, rent_amount, reasons,"
        f" recommended_by_id, recommended_at) SELECT application_id, 2026, 1, 0, 'Mere.', recommended_by_id, now()"
        f" FROM applications_recommendation WHERE application_id = '{committed.pk}'"
    )
    officer, director = person(case_cast.case_officer.user), person(case_cast.director.user)
    second = f"{decision(committed, recommended_by=officer, decided_by=director)} ORDER BY id DESC LIMIT 1"

    assert stopped_by(again, second) == "decision_one_commitment"


# The agreement


def test_an_agreement_does_not_change(out_for_signature: Application) -> None:
    no_right_to("UPDATE applications_agreement SET content = '{}'")
    no_right_to("UPDATE applications_agreement SET content_hash = repeat('0', 64)")
    no_right_to("DELETE FROM applications_agreement")


def test_an_agreement_is_not_unsealed_by_the_owner_either(out_for_signature: Application) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            cursor.execute("UPDATE applications_agreement SET content = '{}'")
        cursor.execute("SET LOCAL ROLE lbf_portal_app")


def test_a_recalled_agreement_does_not_come_back(out_for_signature: Application) -> None:
    run("UPDATE applications_agreement SET voided_at = now()")

    with pytest.raises(IntegrityError, match="does not change"):
        run("UPDATE applications_agreement SET voided_at = NULL")


def test_only_one_version_stands(out_for_signature: Application) -> None:
    second = (
        "INSERT INTO applications_agreement (application_id, number, content, content_hash, made_by_id, made_at)"
        " SELECT application_id, number + 1, content, content_hash, made_by_id, now() FROM applications_agreement"
    )

    assert stopped_by(second) == "agreement_one_standing_version"


def signature(application: Application, case_cast: CaseCast, *, content_hash: str, role: str = "HOUSING_SIGNATORY") -> str:
    organisation = case_cast.housing.pk
    return (
        "INSERT INTO applications_signature"
        " (agreement_id, organisation_id, user_id, role, name, title, content_hash, signed_at, method)"
        f" SELECT id, {organisation}, {person(case_cast.applicant.user)}, '{role}', 'N', 'T', {content_hash}, now(), 'password'"
        f" FROM applications_agreement WHERE application_id = '{application.pk}'"
    )


def test_a_signature_is_under_this_very_text(out_for_signature: Application, case_cast: CaseCast) -> None:
    other = signature(out_for_signature, case_cast, content_hash="repeat('0', 64)")

    assert stopped_by(other) == "signature_of_this_very_version"


def test_a_party_signs_once_and_through_a_signatory(out_for_signature: Application, case_cast: CaseCast) -> None:
    cases.sign_as(out_for_signature, case_cast.applicant)

    assert stopped_by(signature(out_for_signature, case_cast, content_hash="content_hash")) == "signature_once_per_party"
    assert (
        stopped_by(signature(out_for_signature, case_cast, content_hash="content_hash", role="APPLICANT"))
        == "signature_by_a_signatory"
    )


# What the portal's role may not do at all


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE applications_application DISABLE TRIGGER ALL",
        "ALTER TABLE applications_application DROP CONSTRAINT application_state_is_known",
        "DROP TRIGGER applications_application_legal_move ON applications_application",
        (
            "CREATE OR REPLACE FUNCTION applications_application_legal_move() RETURNS trigger"
            " LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
        ),
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_portals_role_cannot_take_the_guards_away(statement: str, draft: Application) -> None:
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
        run(statement)
