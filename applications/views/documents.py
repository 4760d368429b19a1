"""Letters, served only through the permission check and only as downloads."""

from __future__ import annotations

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications.views.finding import find, require


@require_safe
def document(request: PortalRequest, case_number: int, pk: int) -> FileResponse:
    """The letter as it was sent. That somebody outside the fund read it is an event (domain.md 11.3)."""
    application = find(request, case_number)
    require(request, "view_documents", application)
    letter = get_object_or_404(application.documents, pk=pk)
    if request.method == "GET" and not request.actor.is_fund:
        application.record(
            "application:document_read", by=request.actor, at=timezone.now(), data={"document": letter.pk, "kind": letter.kind}
        )
    name = f"{application.case_number}-{letter.kind.lower().replace('_', '-')}.pdf"
    return FileResponse(letter.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
