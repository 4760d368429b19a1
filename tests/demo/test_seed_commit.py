"""The demo's history at its real end: the transaction is committed, or it is cut off before."""

from __future__ import annotations

import pytest

from accounts.models import OutgoingMail
from accounts.tasks import send_mail
from applications.models import Application, Document
from applications.tasks import make_letter
from lbf_portal.demo import seed as demo_seed
from tests.conftest import TODAY

FEW = 4


@pytest.mark.django_db(transaction=True)
def test_cut_off_it_leaves_no_case_and_is_done_again_without_anything_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    class CutOffError(Exception):
        pass

    def cut_off() -> None:
        raise CutOffError

    queued: list[object] = []
    for task in (send_mail, make_letter):
        monkeypatch.setattr(task, "apply_async", lambda *_args, **named: queued.append(named))

    with monkeypatch.context() as cutting:
        cutting.setattr(demo_seed, "_tell_of_letters", cut_off)
        with pytest.raises(CutOffError):
            demo_seed.seed(TODAY, tell=lambda _line: None, cases=FEW)
    assert not Application.objects.exists()
    assert not OutgoingMail.objects.exists()

    demo_seed.seed(TODAY, tell=lambda _line: None, cases=FEW)
    assert Application.objects.count() == FEW
    assert OutgoingMail.objects.exists()
    assert not OutgoingMail.objects.waiting().exists()
    assert not Document.objects.exists()
    assert queued == []
