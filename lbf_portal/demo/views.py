"""Pages of the demo. Open to everybody: whoever plays all parts must reach them between two parts."""

from __future__ import annotations

import re

from csp.constants import NONE
from csp.decorators import csp
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views import next_address, sign_in_as
from lbf_portal.demo.mails import SentMail, mail_files, read, sent_mail
from lbf_portal.demo.people import PEOPLE, person_of

MAILS_PER_PAGE = 50


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A button per role; no password. Whoever is signed in already changes role."""
    if request.method != "POST":
        return render(request, "demo/sign_in.html", {"demo_people": PEOPLE, "next": next_address(request)})
    person = person_of(request.POST.get("email", ""))
    if person is None:
        raise PermissionDenied
    user = get_object_or_404(User, email=person.email, is_active=True)
    to = next_address(request)
    if request.user.is_authenticated:
        logout(request)
    return sign_in_as(request, user, to=to)


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The mails that were sent, perhaps only those to one person (`?to=`)."""
    to = request.GET.get("to", "")
    try:
        page = Paginator(mail_files(to), MAILS_PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    context = {"page_obj": page, "mails": [read(file) for file in page], "to": to, "people": PEOPLE}
    return render(request, "demo/mails.html", context)


@login_not_required
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as text, with links that work."""
    found = _mail_or_404(key)
    return render(request, "demo/mail.html", {"mail": found, "text": _with_links_to(request, found.text)})


@login_not_required
@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]  # typed for views without arguments
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as a mail program shows it: no scripts, nothing fetched."""
    return HttpResponse(_with_links_to(request, _mail_or_404(key).html))


def _mail_or_404(key: str) -> SentMail:
    found = sent_mail(key)
    if found is None:
        raise Http404
    return found


def _with_links_to(request: HttpRequest, text: str) -> str:
    """The demo may run on another port than when the mail was sent."""
    here = f"{request.scheme}://{request.get_host()}"
    return re.sub(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?", here, text)
