"""What the crispy template pack `dkfds` needs to know about a field, and the error summary above a page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms import BaseForm, BaseFormSet, BoundField
from django.forms.widgets import Input
from django.utils.safestring import SafeString

from lbf_portal.lib.forms import DateParts, SuffixInput

register = template.Library()

# The first that fits decides; the order goes from the special to the general.
_CSS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-checkbox"),
    (forms.Select, "form-select"),
    (forms.FileInput, "form-file"),
    (forms.Textarea, "form-input"),
    (Input, "form-input"),
)


@register.filter
def kind(field: BoundField) -> str:
    """Which markup a field gets: `hidden`, `checkbox`, `radios`, `checkboxes`, `date`, `file` or `plain`."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    kinds: tuple[tuple[type[forms.Widget], str], ...] = (
        (forms.CheckboxInput, "checkbox"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (DateParts, "date"),
        (forms.FileInput, "file"),
    )
    return next((name for widget_class, name in kinds if isinstance(widget, widget_class)), "plain")


@register.filter
def suffix(field: BoundField) -> str:
    """The unit behind the field: `kr.`, `%`."""
    widget = field.field.widget
    return str(widget.suffix) if isinstance(widget, SuffixInput) else ""


@register.filter
def limit(field: BoundField) -> int | None:
    """How many characters fit, for fields of several lines, which show a counter."""
    is_long = isinstance(field.field, forms.CharField) and isinstance(field.field.widget, forms.Textarea)
    return field.field.max_length if is_long else None  # type: ignore[attr-defined]  # a CharField, checked above


@register.filter
def is_marked_optional(field: BoundField) -> bool:
    """Whether the label ends in "(frivilligt)": every field that may stay empty, except filters and single boxes."""
    marks = getattr(field.form, "marks_optional", True)
    return marks and not field.field.required and not isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def described_by(field: BoundField) -> str:
    """The ids of hint, error and counter. Django writes the first two itself, but not on a fieldset."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    if limit(field):
        ids.append(f"{field.auto_id}_limit")
    return " ".join(ids)


@register.filter
def date_parts(field: BoundField) -> list[dict[str, Any]]:
    """The three inputs of a date, each with `name`, `id`, `value`, `label` and `css`."""
    widget = field.field.widget
    context = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})
    return [
        {"id": part["attrs"]["id"], "name": part["name"], "value": part["value"] or "", "label": label, "css": name}
        for part, (name, label) in zip(context["widget"]["subwidgets"], DateParts.part_labels.items(), strict=True)
    ]


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's own element with the design system's class, and described by hint, error and counter."""
    widget = field.field.widget
    css = next((name for widget_class, name in _CSS if isinstance(widget, widget_class)), "")
    attrs: dict[str, Any] = {"class": f"{css} {widget.attrs.get('class', '')}".strip()}
    if ids := described_by(field):
        attrs["aria-describedby"] = ids
    return field.as_widget(attrs=attrs)


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary: what is wrong, and the element to go to."""

    text: str
    target: str


@register.filter
def error_links(source: object) -> list[ErrorLink]:
    """Every error of a form, a formset or a list of them, in the order of the page; anything else has none."""
    found = list(_errors(source))
    times = Counter(message for _label, message, _target in found)
    return [
        # Identical links are useless to somebody who hears them one by one: then the field's name comes first.
        ErrorLink(f"{label}: {message}" if label and times[message] > 1 else message, target)
        for label, message, target in found
    ]


def _errors(source: object, row: str = "") -> Iterator[tuple[str, str, str]]:
    """Triples of field name, message and id of the element."""
    if isinstance(source, BaseForm):
        yield from _errors_of_form(source, row)
    elif isinstance(source, BaseFormSet):
        yield from _errors_of_formset(source)
    elif isinstance(source, list | tuple):
        for part in source:
            yield from _errors(part)


def _errors_of_form(form: BaseForm, row: str) -> Iterator[tuple[str, str, str]]:
    if not form.is_bound:
        return
    for message in form.non_field_errors():
        yield row, str(message), ""
    for field in form:
        label = f"{row}, {field.label}" if row else str(field.label)
        for message in field.errors:
            yield label, str(message), target_id(field)


def _errors_of_formset(formset: BaseFormSet[Any]) -> Iterator[tuple[str, str, str]]:
    if not formset.is_bound:
        return
    for message in formset.non_form_errors():
        yield "", str(message), ""
    row_name = str(getattr(formset, "row_name", ""))
    for number, form in enumerate(formset.forms, start=1):
        yield from _errors_of_form(form, f"{row_name} {number}".strip())


@register.filter
def target_id(field: BoundField) -> str:
    """The id of the element that takes the focus: the first of several, the field itself otherwise."""
    if field.is_hidden:
        return ""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)
