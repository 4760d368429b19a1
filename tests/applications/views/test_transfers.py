"""The pages of the move: what the fund sees before, while and after it, what the applicant sees on the case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from applications import transitions
from applications.models import Application, TransferBatch, TransferOutcome, TransferredCase
from applications.rules.transfer import transition_to
from applications.transitions import transfers
from lbf_portal.workbench.bench_transfer_cases import fill
from tests.factories import applications as cases
from tests.factories import transfers as old
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

SignIn = Callable[[Actor], Client]
PREVIEW = "/cases/transfers/preview/"


@pytest.fixture(autouse=True)
def quick_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.tasks.queue_letter", lambda _event_pk: None)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_preview_says_which_cases_move_and_what_changes(case_cast: CaseCast, sign_in: SignIn) -> None:
    moving = old.make_old_plan(case_cast)
    staying = cases.make_submitted(case_cast, title="Ikke prækvalificeret", at=old.IN_2018)
    draft = cases.make_draft(case_cast, title="Hemmelig kladde", at=old.IN_2018)

    page = text_of(sign_in(case_cast.case_officer), PREVIEW)

    assert str(moving.case_number) in page
    assert "Lægges til side: Tryghed og trivsel, Uddannelse og beskæftigelse" in page
    assert "2 mål lægges til side" in page
    assert "På ny: Vælg indsatsområder efter de nye regler" in page
    assert str(staying.case_number) in page
    assert "Overgangen gælder sager, der er prækvalificeret." in page
    assert draft.title not in page
    assert "Direktionen eller en økonomimedarbejder sætter flytningen i gang." in page
    assert not TransferBatch.objects.exists()


def test_the_director_runs_it_and_reads_the_report(
    case_cast: CaseCast, sign_in: SignIn, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    application = old.make_old_plan(case_cast)
    staying = cases.make_submitted(case_cast, title="Ikke prækvalificeret", at=old.IN_2018)
    client = sign_in(case_cast.director)
    assert "Flyt 1 sag" in text_of(client, PREVIEW)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # pytest-django's own
        answer = client.post(PREVIEW)
    batch = TransferBatch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    if batch.finished_at is None:
        while transfers.work(batch, at=timezone.now()):
            pass

    page = text_of(client, batch.get_absolute_url())
    assert "Færdig" in page
    assert str(application.case_number) in page
    assert str(staying.case_number) in page
    assert "Tag tilbage" in page
    application.refresh_from_db()
    assert application.rule_set == "R2019"
    assert "Ingen sager skal flyttes." in text_of(client, PREVIEW)


def test_pressing_twice_begins_one_run(case_cast: CaseCast, sign_in: SignIn) -> None:
    old.make_old_prequalified(case_cast)
    client = sign_in(case_cast.director)
    client.post(PREVIEW)

    answer = client.post(PREVIEW)

    assert TransferBatch.objects.count() == 1
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "En flytning til de samme regler er i gang. Vent, til den er færdig."
    ]


def test_a_run_shows_how_far_it_is(case_cast: CaseCast, sign_in: SignIn) -> None:
    for number in range(3):
        old.make_old_prequalified(case_cast, title=f"Sag {number}")
    batch = transfers.begin(transition_to("R2019"), by=SYSTEM, at=timezone.now())
    transfers.work(batch, at=timezone.now(), most=2)

    page = text_of(sign_in(case_cast.case_officer), batch.get_absolute_url())

    assert "2 af 3 sager" in page
    assert 'hx-trigger="every 1s"' in page
    assert "Tag tilbage" not in page, "the case officer does not take back"


def run(case_cast: CaseCast) -> TransferBatch:
    batch = transfers.begin(transition_to("R2019"), by=case_cast.director, at=timezone.now())
    while transfers.work(batch, at=timezone.now()):
        pass
    batch.refresh_from_db()
    return batch


def test_a_case_is_taken_back_from_the_report(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = old.make_old_plan(case_cast)
    batch = run(case_cast)
    client = sign_in(case_cast.finance_officer)
    address = reverse("applications:transfer_take_back", args=[batch.cases.get().pk])
    assert "Sagen følger igen Regulativ af 19. marts 2015" in text_of(client, address)

    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 200
    assert TransferredCase.objects.get().outcome == TransferOutcome.MOVED
    done = client.post(address, {"reason": "Sagen havde tilsagn."})

    assert done["Location"] == batch.get_absolute_url()
    application.refresh_from_db()
    assert application.rule_set == "R2015"
    assert "Taget tilbage" in text_of(client, batch.get_absolute_url())


def test_what_was_written_since_stops_the_page_with_a_sentence(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = old.make_old_prequalified(case_cast)
    batch = run(case_cast)
    transitions.start_plan(Application.objects.get(pk=application.pk), by=case_cast.applicant, at=timezone.now())
    address = reverse("applications:transfer_take_back", args=[batch.cases.get().pk])

    answer = sign_in(case_cast.director).get(address)

    assert answer["Location"] == batch.get_absolute_url()
    assert "skrevet nyt i sagen" in str(next(iter(get_messages(answer.wsgi_request))))


def test_the_applicant_reads_on_the_case_what_to_do_and_what_was_put_aside(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = old.make_old_out_for_signature(case_cast)
    run(case_cast)

    page = text_of(sign_in(case_cast.applicant), application.get_absolute_url())

    assert "Flyttet til Regulativ af 11. december 2019 den 1. januar 2020" in page
    assert "Dette skal I gøre" in page
    assert "Vælg indsatsområder efter de nye regler" in page
    assert "Kald først aftalen tilbage." in page
    assert "Delmål fra 2018 om tryghed (Tryghed og trivsel)" in page
    assert "Sagen er flyttet til Regulativ af 11. december 2019 pr. 1. januar 2020" in page


def test_what_is_done_is_ticked_off(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = old.make_old_plan(case_cast)
    run(case_cast)
    transitions.save_plan(
        Application.objects.get(pk=application.pk),
        starts_on=old.STARTS_ON,
        ends_on=old.ENDS_ON,
        summary="Nu efter de nye regler.",
        effort_areas=["EDUCATION"],
        by=case_cast.applicant,
        at=timezone.now(),
    )

    page = text_of(sign_in(case_cast.applicant), application.get_absolute_url())

    assert page.count('badge-success">Gjort') == 1


def test_the_list_of_runs_says_how_many_and_exports(case_cast: CaseCast, sign_in: SignIn) -> None:
    client = sign_in(case_cast.case_officer)
    assert "Der er ingen endnu." in text_of(client, "/cases/transfers/")
    old.make_old_prequalified(case_cast)
    batch = run(case_cast)

    assert "1 flyttet, 0 bliver" in text_of(client, "/cases/transfers/")
    for address in ("/cases/transfers/", PREVIEW, batch.get_absolute_url()):
        for wanted in ("csv", "xlsx"):
            answer = client.get(f"{address}?_export={wanted}")
            assert answer.status_code == 200
            assert b"".join(answer) if answer.streaming else answer.content


def test_an_unknown_rule_set_has_no_preview(case_cast: CaseCast, sign_in: SignIn) -> None:
    assert sign_in(case_cast.director).get(f"{PREVIEW}?to=R1066").status_code == 404


def queries(client: Client, address: str, *, says: str) -> int:
    """How many the page asks, once what is kept between requests is kept."""
    assert says in text_of(client, address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_a_preview_of_200_cases_asks_as_many_questions_as_one_of_2(case_cast: CaseCast, sign_in: SignIn) -> None:
    client = sign_in(case_cast.director)
    fill(2)
    few = queries(client, PREVIEW, says="Flyt 2 sager")
    fill(198)

    assert queries(client, PREVIEW, says="Flyt 200 sager") == few


def test_a_report_of_200_cases_asks_as_many_questions_as_one_of_2(case_cast: CaseCast, sign_in: SignIn) -> None:
    client = sign_in(case_cast.director)
    fill(2)
    few = queries(client, run(case_cast).get_absolute_url(), says="<p>2 sager</p>")
    fill(200)

    assert queries(client, run(case_cast).get_absolute_url(), says="<p>200 sager</p>") == few


def test_a_list_of_200_runs_asks_as_many_questions_as_one_of_2(case_cast: CaseCast, sign_in: SignIn) -> None:
    client = sign_in(case_cast.director)
    make_runs(case_cast, 2)
    few = queries(client, "/cases/transfers/", says="<p>2 flytninger</p>")
    make_runs(case_cast, 198)

    assert queries(client, "/cases/transfers/", says="<p>200 flytninger</p>") == few


def make_runs(case_cast: CaseCast, count: int) -> None:
    """Runs that are through and moved nothing."""
    now = timezone.now()
    TransferBatch.objects.bulk_create(
        TransferBatch(
            to_rule_set="R2019",
            as_of=transition_to("R2019").day,
            started_at=now,
            started_by=case_cast.director.user,
            organisation=case_cast.director.organisation,
            role=Role.DIRECTOR,
            worked_at=now,
            finished_at=now,
        )
        for _number in range(count)
    )


def test_the_rule_sets_stand_beside_each_other(case_cast: CaseCast, sign_in: SignIn) -> None:
    page = text_of(sign_in(case_cast.applicant), "/cases/rule-sets/")

    for said in (
        "Regulativ af 11. december 2019",
        "Regulativ af 19. marts 2015",
        "Regulativ for 2011-14-midlerne",
        "31. december 2019",
        "Sammenhængskraft og medborgerskab",
        "D10 Strategisk samarbejdsaftale",
        "12 måneder",
        "ikke bekræftet",
        "Regulativ af 19. marts 2015, § 6, stk. 6, nr. 2",
    ):
        assert said in page
    assert "Flytning af sager" not in page
    assert "Flytning af sager" in text_of(sign_in(case_cast.case_officer), "/cases/rule-sets/")
