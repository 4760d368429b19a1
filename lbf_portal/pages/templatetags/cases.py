"""Cases on pages of apps that may not know of cases: `{% cases_in_area area %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from accounts.middleware import PortalRequest
from accounts.models import read_former_names
from applications.models import Application
from areas.models import HousingArea

register = template.Library()

ROWS = 15


@register.inclusion_tag("pages/_cases_in_area.html", takes_context=True)
def cases_in_area(context: RequestContext, area: HousingArea) -> dict[str, Any]:
    """The area's cases that the reader may know of, the latest move first.

    In one query; one more when there are many, and one where somebody had another name.
    """
    request: PortalRequest = context["request"]
    visible = Application.objects.visible_to(request.actor, on=request.today).filter(area=area)
    cases = list(visible.with_list_relations().order_by("-state_since", "-pk")[: ROWS + 1])
    read_former_names(case.organisation for case in cases if case.is_closed)
    return {"area": area, "cases": cases[:ROWS], "count": len(cases) if len(cases) <= ROWS else visible.count()}
