"""Tags and filters of every page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.look.navigation import Entry, navigation
from lbf_portal.look.templatetags import look
from lbf_portal.pages import views
from tests.look.gallery import Filters


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context)).strip()


def request(path: str = "/", **query: str) -> HttpRequest:
    return RequestFactory().get(path, query)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ amount|kroner }}", "1.250.000 kr."),
        ("{{ nothing|kroner }}", ""),
        ("{{ share|percent }}", "25,5 %"),
        ("{{ half|percent }}", "50 %"),
        ("{{ nothing|percent }}", ""),
        ("{{ amount|minus:nothing|kroner }}", "1.250.000 kr."),
    ],
)
def test_amounts_and_shares_are_danish(source: str, text: str) -> None:
    assert render(source, amount=Decimal(1250000), share=Decimal("0.255"), half=Decimal("0.5"), nothing=None) == text


def test_an_icon_that_nobody_listed_is_a_mistake_told_at_once() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"lbf_portal\.look\.icons"):
        render('{% icon "unicorn" %}')


def test_an_icon_is_decoration_unless_it_says_something() -> None:
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    assert 'aria-label="&lt;Klar&gt;"' in render('{% icon "check" label=said %}', said="<Klar>")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{% query_string page=3 %}", "?state=new&amp;page=3"),
        ("{% query_string state=None %}", "?"),
        ('{% query_string sort="-amount" %}', "?state=new&amp;sort=-amount"),
    ],
)
def test_addresses_keep_the_filter_and_begin_again_at_page_one(tag: str, expected: str) -> None:
    assert render(tag, request=request(state="new", page="2")) == expected


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(1, 4, "25.00"), (5, 4, "100.00"), (0, 4, "0"), (1, 0, "0"), (-1, 4, "0.00")]
)
def test_a_bar_never_leaves_its_frame(part: int, whole: int, share: str) -> None:
    assert look.share_of(part, whole) == share


def test_breadcrumbs_end_in_the_page_itself() -> None:
    with pytest.raises(TemplateSyntaxError):
        render('{% breadcrumbs "Sager" "/cases" %}')
    text = render('{% breadcrumbs "Sager" "/cases" "Sag 100001" %}')
    assert '<a class="breadcrumbs__link" href="/cases">Sager</a>' in text
    assert 'aria-current="page"' in text


def test_a_table_stands_in_its_frame_with_a_caption_that_is_escaped() -> None:
    text = render(
        "{% table caption %}<tbody><tr><td>{{ area }}</td></tr></tbody>{% endtable %}", caption="Drift & <b>", area="A<B"
    )
    assert '<div class="table--responsive-scroll">' in text
    assert '<caption class="sr-only">Drift &amp; &lt;b&gt;</caption>' in text
    assert "<tbody><tr><td>A&lt;B</td></tr></tbody>" in text


def test_filters_keep_the_order_and_lead_back_to_the_whole_list() -> None:
    source = '{% include "components/filter_form.html" %}'
    visit = request("/cases/", sort="-title", state="new")
    text = render(source, request=visit, form=Filters(visit.GET), is_filtered=True)
    assert '<input type="hidden" name="sort" value="-title">' in text
    assert 'href="/cases/">' in text
    assert "Vis alle" not in render(source, request=request("/cases/"), form=Filters({}), is_filtered=False)


def test_a_list_foot_counts_pages_and_exports_and_a_list_without_pages_has_none() -> None:
    source = '{% include "components/list_foot.html" %}'
    page = Paginator(range(60), 50).page(1)
    text = render(source, request=request("/cases/", state="new"), count="60 sager", page_obj=page)
    assert "<p>60 sager</p>" in text
    assert "?state=new&amp;page=2" in text
    assert "?state=new&amp;_export=xlsx" in text
    assert "pagination" not in render(source, request=request("/frames/"), count="3 år")


ENTRIES = (Entry("Forside", "health"), Entry("Hjælp", "accessibility", frozenset({Role.DIRECTOR}), badge=lambda _actor: 2))


@pytest.mark.urls("lbf_portal.pages.urls")
def test_the_menu_shows_what_the_role_starts_from() -> None:
    visit = request("/accessibility/")
    assert navigation(visit, ENTRIES) == []
    visit.actor = Actor(None, None, frozenset({Role.DIRECTOR}))  # type: ignore[attr-defined]  # PortalRequest
    items = navigation(visit, ENTRIES)
    assert [(item.label, item.is_current, item.badge) for item in items] == [("Forside", False, 0), ("Hjælp", True, 2)]
    visit.actor = Actor(None, None, frozenset())  # type: ignore[attr-defined]  # PortalRequest
    assert [item.label for item in navigation(visit, ENTRIES)] == ["Forside"]


@pytest.mark.urls("tests.look.gallery")
def test_error_pages_need_neither_request_nor_database() -> None:
    for response, status, heading in (
        (views.server_error(request()), 500, "Der er en fejl i portalen"),
        (views.bad_request(request(), BadRequest()), 400, "Portalen kunne ikke læse det, der blev sendt"),
        (views.csrf_failure(request()), 403, "Siden er blevet for gammel"),
    ):
        text = response.content.decode()
        assert response.status_code == status
        assert f"<h1>{heading}</h1>" in text
        assert "</html>" in text
