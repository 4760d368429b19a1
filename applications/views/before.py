"""Before you start: what departments are in the eyes of the law, and whether they can be supported together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications.forms.before import BeforeForm
from applications.permissions import may_create
from areas.models import Department, DepartmentAnswer, Problem, departments_on

# More are found by searching; nobody ticks off a longer list.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Choice:
    """A department that can be ticked, with what it is."""

    department: Department
    answer: DepartmentAnswer
    is_chosen: bool


def address_with(name: str, departments: Iterable[DepartmentAnswer], problems: Sequence[str] = ()) -> str:
    """The address of a page with these departments and problems chosen."""
    query = QueryDict(mutable=True)
    query.setlist("department", [department.key for department in departments])
    query.setlist("problem", list(problems))
    return f"{reverse(f'applications:{name}')}?{query.urlencode()}"


@require_safe
def before_you_start(request: PortalRequest) -> HttpResponse:
    """Choose departments and see whether they can be supported, why, and what is missing. Nothing is stored."""
    offered = Department.objects.concerning(request.actor).select_related("organisation")
    form = BeforeForm(request.GET, offered=offered)
    form.is_valid()
    wanted = form.cleaned_data
    chosen = list(wanted.get("department") or ())
    keys = [department.pk for department in chosen]
    text = wanted.get("q", "").strip()
    others = (offered.matching_with_area(text, on=request.today) if text else offered).exclude(pk__in=keys)
    shown = [*chosen, *others[: MOST_SHOWN + 1]]
    facts = departments_on(shown, on=request.today)
    answers = {one.key: one for one in facts.eligibility().departments}
    answer = facts.eligibility(keys, problems=[Problem(value) for value in wanted.get("problem", ())])
    may_apply = may_create(request.actor)
    context = {
        "form": form,
        "choices": [
            Choice(department, answers[str(department.pk)], is_chosen=position < len(chosen))
            for position, department in enumerate(shown[: len(chosen) + MOST_SHOWN])
        ],
        "has_more": len(shown) > len(chosen) + MOST_SHOWN,
        "text": text,
        "eligibility": answer if chosen else None,
        "may_apply": may_apply,
        "new_url": address_with("new", answer.departments, wanted.get("problem", ())) if may_apply else "",
    }
    return render(request, "applications/before_you_start.html", context)
