"""Filters and tags of every page: amounts, icons, and addresses that keep what is in the query string."""

from decimal import Decimal
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from areas.rules.standing import Reason
from lbf_portal.lib import danish
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.telling import sentence_of
from lbf_portal.look.icons import ICONS

register = template.Library()


@register.filter
def kroner(amount: Decimal | int | None) -> str:
    """`1.250.000 kr.`; øre only when there are any; nothing for no amount."""
    return "" if amount is None else danish.kroner(Decimal(amount))


@register.filter
def percent(share: Decimal | None, places: int = 1) -> str:
    """A fraction as a percentage: `0.255` is `25,5 %`. Decimals that say nothing are left out."""
    if share is None:
        return ""
    return danish.number((share * 100).quantize(Decimal(1).scaleb(-places))) + " %"


@register.filter
def number(value: Decimal | int | None) -> str:
    """`1.250.000,5`, with the decimals that say something."""
    return "" if value is None else danish.number(Decimal(value))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon from the sprite; with a label it is read aloud, without it is decoration."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon is called {name!r}; add it to lbf_portal.look.icons.")
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon-svg{}" focusable="false" {}><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        said,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def query_string(context: RequestContext, **changes: Any) -> str:
    """The page's own query string with some values changed; None or "" takes one out. Begins with `?`.

    The page number goes back to the first unless it is what changes: another order or filter starts over.
    """
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value in {None, ""}:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*parts: Any) -> dict[str, object]:
    """Where the page stands: label and address of each page above, then the page's own name.

    `{% breadcrumbs _("Sager") list_url "Sag 100001" case_url _("Tilsagn") %}`
    """
    if len(parts) % 2 == 0:
        raise template.TemplateSyntaxError("breadcrumbs takes pairs of label and address, then the page's own name.")
    return {"trail": list(zip(parts[:-1:2], parts[1::2], strict=True)), "here": parts[-1]}


@register.inclusion_tag("components/key_values.html")
def key_values(*parts: Any) -> dict[str, object]:
    """Facts under each other: `{% key_values _("Kommune") case.municipality _("Område") case.area %}`."""
    return {"rows": list(zip(parts[::2], parts[1::2], strict=True))}


@register.inclusion_tag("components/_sort_head.html", takes_context=True)
def sort_head(context: RequestContext, name: str, label: str, css: str = "") -> dict[str, object]:
    """A table head that sorts by `?sort=<name>`, and by `?sort=-<name>` when it already does."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request is not None else ""
    direction = {name: "ascending", f"-{name}": "descending"}.get(current, "none")
    target = f"-{name}" if direction == "ascending" else name
    return {"label": label, "css": css, "direction": direction, "address": query_string(context, sort=target)}


@register.simple_block_tag
def table(content: str, caption: str) -> SafeString:
    """A work list in its frame: `{% table _("Sager") %}<thead>…</thead><tbody>…</tbody>{% endtable %}`."""
    return render_to_string("components/table.html", {"content": content, "caption": caption})


@register.filter
def page_numbers(page: Any) -> list[int | None]:
    """The page numbers to show, None for a gap: `1 … 4 5 6 … 20`."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in pages]


@register.filter
def minus(amount: Decimal | int | None, other: Decimal | int | None) -> Decimal:
    """What is left of an amount; nothing counts as zero."""
    return Decimal(amount or 0) - Decimal(other or 0)


@register.filter
def absolute(amount: Decimal) -> Decimal:
    """An amount without its sign, where words say which way it goes."""
    return abs(amount)


@register.filter
def sentence(violation: Violation) -> str:
    """What a rule says, in the reader's language."""
    return sentence_of(violation)


@register.filter
def told(reason: Reason) -> str:
    """Why an answer is what it is, in the reader's language."""
    return reason.sentence(gettext, date_format)


@register.filter
def share_of(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """How much of 100 a part is, held between 0 and 100, written for SVG attributes (point, no thousands)."""
    if not part or not whole:
        return "0"
    return f"{min(max(Decimal(part) / Decimal(whole) * 100, Decimal(0)), Decimal(100)):.2f}"
