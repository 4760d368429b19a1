"""Forms as Danes fill them in: amounts, dates and numbers in Danish, and a message of its own for every field.

Forms own shape and layout. Whether something is allowed is a rule's business; its answer comes back
through `apply_violations`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib import danish
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.telling import sentence_of

LARGEST_AMOUNT = Decimal("999999999999.99")  # NUMERIC(14,2)
YEAR_DIGITS = 4


class SuffixInput(forms.TextInput):
    """A text field with its unit behind it. Text, not `type=number`: browsers refuse Danish numbers there."""

    suffix = ""

    def __init__(self, *, suffix: str = "", css: str = "input-number") -> None:
        super().__init__(attrs={"inputmode": "decimal", "class": css, "autocomplete": "off"})
        self.suffix = suffix


class DateParts(forms.MultiWidget):
    """Day, month and year in three fields, as the design system asks: nobody finds a birthday in a calendar.

    In a form's data a date is `<name>_day`, `<name>_month` and `<name>_year`.
    """

    use_fieldset = True
    part_labels = {"day": gettext_lazy("Dag"), "month": gettext_lazy("Måned"), "year": gettext_lazy("År")}

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in self.part_labels})

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateField(forms.Field):
    """A date typed in three parts. What is wrong is said about the part that is wrong."""

    widget = DateParts
    default_error_messages = {
        "invalid": gettext_lazy("Skriv datoen med tal for dag, måned og år, fx 12 11 2026"),
        "incomplete": gettext_lazy("Skriv hele datoen: %(missing)s mangler"),
        "year": gettext_lazy("Skriv årstallet med fire cifre, fx 2026"),
        "unknown": gettext_lazy("Datoen %(day)s.%(month)s.%(year)s findes ikke i kalenderen"),
    }

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        parts = {name: str(part or "").strip() for name, part in zip(DateParts.part_labels, value, strict=True)}
        if not any(parts.values()):
            return None
        missing = [str(DateParts.part_labels[name]).lower() for name, part in parts.items() if not part]
        if missing:
            raise ValidationError(self.error_messages["incomplete"], "incomplete", {"missing": ", ".join(missing)})
        if not all(part.isdecimal() and part.isascii() for part in parts.values()):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if len(parts["year"]) != YEAR_DIGITS:
            raise ValidationError(self.error_messages["year"], "year")
        try:
            return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        except ValueError as error:
            raise ValidationError(self.error_messages["unknown"], "unknown", parts) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """An added row whose date parts are all blank is an empty row, not a wrong one."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class DecimalField(forms.CharField):
    """A number with a decimal comma: `12,5`, `1.250`."""

    suffix: str = ""
    default_error_messages = {
        "invalid": gettext_lazy("Skriv et tal, fx 12 eller 12,5"),
        "max_decimals": gettext_lazy("Skriv tallet med højst %(places)s decimaler"),
        "min_value": gettext_lazy("Tallet skal være mindst %(limit)s"),
        "max_value": gettext_lazy("Tallet må højst være %(limit)s"),
    }

    def __init__(
        self,
        *,
        min_value: Decimal | None = None,
        max_value: Decimal | None = None,
        places: int = 2,
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        self.min_value, self.max_value, self.places = min_value, max_value, places
        kwargs.setdefault("widget", SuffixInput(suffix=suffix or self.suffix))
        super().__init__(empty_value=None, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The number as `Decimal`; typed as Any because a CharField's is text."""
        if value is None or isinstance(value, Decimal):
            return value
        text = super().to_python(value)
        return None if text is None else self.parse(text)

    def parse(self, text: str) -> Decimal:
        try:
            number = danish.parse_number(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error
        if danish.decimals(number) > self.places:
            raise ValidationError(self.error_messages["max_decimals"], "max_decimals", {"places": self.places})
        return number

    def run_validators(self, value: Any) -> None:
        """Only our own limits: a CharField's validators measure text."""
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            raise ValidationError(self.error_messages["min_value"], "min_value", {"limit": self.shown(self.min_value)})
        if self.max_value is not None and value > self.max_value:
            raise ValidationError(self.error_messages["max_value"], "max_value", {"limit": self.shown(self.max_value)})

    def shown(self, value: Decimal) -> str:
        """The number as it stands in messages."""
        return danish.number(value)

    def prepare_value(self, value: Any) -> Any:
        return danish.number(Decimal(value)) if isinstance(value, Decimal | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (None if initial in self.empty_values else Decimal(initial)))
        except ValidationError:
            return True


class AmountField(DecimalField):
    """Kroner, up to what NUMERIC(14,2) holds: takes `1.250.000,00`, `1250000`, `1.250.000`, `1250000,5`."""

    default_error_messages = {
        "invalid": gettext_lazy("Skriv beløbet i kroner, fx 250000 eller 250.000,00"),
        "min_value": gettext_lazy("Beløbet skal være mindst %(limit)s"),
        "max_value": gettext_lazy("Beløbet må højst være %(limit)s"),
    }

    def __init__(self, *, min_value: Decimal | None = Decimal(0), max_value: Decimal = LARGEST_AMOUNT, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SuffixInput(suffix="kr.", css="input-amount"))
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def parse(self, text: str) -> Decimal:
        try:
            return danish.parse_amount(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error

    def shown(self, value: Decimal) -> str:
        return danish.kroner(value)

    def prepare_value(self, value: Any) -> Any:
        return danish.kroner(Decimal(value)).removesuffix(" kr.") if isinstance(value, Decimal | int) else value


class PercentField(DecimalField):
    """Typed as a percentage (`25,5`), kept as a fraction (`Decimal("0.255")`): shares are fractions in the code."""

    suffix = "%"
    default_error_messages = {"invalid": gettext_lazy("Skriv procenten som et tal, fx 25 eller 25,5")}

    def __init__(self, *, max_value: Decimal | None = Decimal(1), **kwargs: Any) -> None:
        super().__init__(min_value=kwargs.pop("min_value", Decimal(0)), max_value=max_value, **kwargs)

    def parse(self, text: str) -> Decimal:
        return super().parse(text.removesuffix("%").rstrip()) / 100

    def shown(self, value: Decimal) -> str:
        return danish.number(value * 100) + " %"

    def prepare_value(self, value: Any) -> Any:
        return danish.number(value * 100) if isinstance(value, Decimal) else value


class LongTextField(forms.CharField):
    """Several lines with a counter. Nothing is cut while typing or pasting; too much is told."""

    def __init__(self, *, rows: int = 6, max_length: int = 4000, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        """Browsers send a line break as two characters, but people and their counter see one."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else ""


class PortalFormMixin(forms.BaseForm):
    """What every form of the portal has: our helper, our messages, no rules of the browser's own."""

    use_required_attribute = False
    # Off in forms of filters, where everything is optional and nobody wonders.
    marks_optional = True
    layout: Layout | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _word_messages(field, str(self[name].label))
            # `maxlength` makes browsers cut what is pasted without a word; the server answers instead.
            field.widget.attrs.pop("maxlength", None)

    @cached_property
    def helper(self) -> FormHelper:
        """The page writes `<form>` and the buttons, so that several forms can share them."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        helper.render_hidden_fields = True
        if self.layout is not None:
            helper.layout = self.layout
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """Base of the portal's forms."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):  # type: ignore[type-arg]  # concrete forms name their model
    """Base of forms whose fields are a model's; like all forms they do not save, transitions do."""


class FilterForm(PortalFormMixin, forms.Form):
    """Base of the forms above lists; also for `FilterSet.Meta.form`."""

    marks_optional = False


class PortalFormSet(forms.BaseFormSet[Any]):
    """Rows of like fields. Empty added rows are ignored; without scripts `more` gives three more to fill in."""

    row_name: str | Promise = _("Række")
    add_text: str | Promise = _("Tilføj en række")
    more_rows = 3

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "use_required_attribute": False}

    @property
    def asks_for_more(self) -> bool:
        """Somebody without scripts pressed the button for more rows: show them, save nothing yet."""
        return self.is_bound and f"{self.prefix}-more" in self.data

    def total_form_count(self) -> int:
        return super().total_form_count() + (self.more_rows if self.asks_for_more else 0)

    @cached_property
    def management_form(self) -> forms.formsets.ManagementForm:
        """Tells the number of rows shown, the ones just asked for included, so that the next post brings them all."""
        form = super().management_form
        if self.asks_for_more:
            shown = (form.cleaned_data[forms.formsets.TOTAL_FORM_COUNT] or 0) + self.more_rows
            # A copy of its own kind: `{**data}` of what a browser posts would hold lists.
            data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict in tests
            data[form.add_prefix(forms.formsets.TOTAL_FORM_COUNT)] = str(shown)
            form.data = data
        return form

    def is_valid(self) -> bool:
        return not self.asks_for_more and super().is_valid()

    @property
    def filled(self) -> list[dict[str, Any]]:
        """Cleaned data of the rows that somebody filled in and did not remove."""
        removed = self.deleted_forms if self.can_delete else []
        return [form.cleaned_data for form in self.forms if form.has_changed() and form not in removed]


_FormSet = TypeVar("_FormSet", bound=PortalFormSet)


def formset_of(
    form: type[PortalForm], formset: type[_FormSet], *, extra: int = 1, can_delete: bool = True, min_num: int = 0
) -> type[_FormSet]:
    """Django's factory, typed, with our defaults: an empty row at the end, and a box that removes a row."""
    return forms.formset_factory(  # type: ignore[return-value]  # Django says BaseFormSet, it makes a subclass of ours
        form, formset=formset, extra=extra, can_delete=can_delete, min_num=min_num, validate_min=min_num > 0
    )


def apply_violations(
    form: forms.BaseForm, violations: Iterable[Violation], field_map: Mapping[str, str] | None = None
) -> Sequence[Violation]:
    """Put a rule's answer beside the fields it is about, and return what does not block (advice to show).

    `field_map` goes from a violation's code, or from the fact it names, to a field of this form; a fact called like
    a field needs no entry. What fits no field stands in the error summary.
    """
    names = field_map or {}
    advice = []
    for violation in violations:
        if not violation.is_blocking:
            advice.append(violation)
            continue
        name = names.get(violation.code) or names.get(violation.field) or violation.field
        sentence = sentence_of(violation)
        form.add_error(name if name in form.fields else None, ValidationError(sentence, code=violation.code))
    return advice


def _word_messages(field: forms.Field, label: str) -> None:
    """Give Django's general messages the field's name; messages somebody wrote for the field stay."""
    label_in_params = label.replace("%", "%%")
    wording = {"required": gettext("Udfyld feltet: %(label)s") % {"label": label}}
    if isinstance(field, forms.BooleanField):
        wording["required"] = gettext("Sæt hak ved: %(label)s") % {"label": label}
    elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        wording["required"] = gettext("Vælg: %(label)s") % {"label": label}
        wording["invalid_choice"] = gettext("Vælg en af mulighederne: %(label)s") % {"label": label_in_params}
    elif isinstance(field, forms.FileField):
        wording["required"] = gettext("Vælg en fil: %(label)s") % {"label": label}
    elif isinstance(field, forms.EmailField):
        wording["invalid"] = gettext("Skriv en mailadresse, fx navn@kommune.dk")
    elif isinstance(field, forms.IntegerField):
        wording["invalid"] = gettext("Skriv et helt tal, fx 12: %(label)s") % {"label": label}
    if isinstance(field, forms.CharField) and field.max_length:
        # Django counts in `show_value`; said here because its own sentence leaves out which field is meant.
        wording["max_length"] = gettext("%(label)s: Skriv højst %(limit)s tegn, der er nu %(count)s") % {
            "label": label_in_params,
            "limit": "%(limit_value)d",
            "count": "%(show_value)d",
        }
    for code, message in wording.items():
        if field.error_messages.get(code) is _default_message(field, code):
            field.error_messages[code] = message


def _default_message(field: forms.Field, code: str) -> object:
    for kind in type(field).__mro__:
        message = getattr(kind, "default_error_messages", {}).get(code)
        if message is not None:
            return message
    return None
