"""What the effort costs and who pays (R65, R75)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import Rows, rows_of
from applications.forms.section import SectionForms, filled
from applications.rules.cofinancing import KIND_NAMES, SOURCE_NAMES, Kind, Source
from applications.sections import Values
from applications.transitions import FundingChoice
from lbf_portal.lib.forms import AmountField, PortalForm, PortalFormSet

SMALLEST = Decimal(1)


class BudgetForm(PortalForm):
    """The whole cost."""

    marks_optional = False
    total_budget = AmountField(
        label=_("Samlet budget for hele perioden"),
        help_text=_("Alt, hvad den boligsociale indsats koster i alle år. Huslejestøtte skrives for sig selv."),
        required=False,
        min_value=SMALLEST,
    )


class FundingForm(PortalForm):
    """One contribution."""

    source = forms.ChoiceField(
        label=_("Hvem betaler?"),
        choices=[("", _("Vælg")), *((str(value), _(name)) for value, name in SOURCE_NAMES.items())],
        error_messages={"required": _("Vælg, hvem der betaler beløbet")},
    )
    kind = forms.ChoiceField(
        label=_("Penge eller arbejde"),
        choices=[(str(value), _(name)) for value, name in KIND_NAMES.items()],
        initial=Kind.CASH,
    )
    amount = AmountField(
        label=_("Beløb"), min_value=SMALLEST, error_messages={"required": _("Skriv beløbet i kroner, fx 250000")}
    )
    note = forms.CharField(label=_("Bemærkning"), max_length=200, required=False)

    def has_changed(self) -> bool:
        """A row counts once an amount or a note stands in it: who pays is filled in beforehand."""
        if not self.is_bound:
            return super().has_changed()
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("amount", "note"))


class FundingRows(Rows):
    """Who pays."""

    row_name = _("Bidrag")
    add_text = _("Tilføj et bidrag")


class BudgetForms(SectionForms):
    """Total and contributions."""

    def build_form(self) -> PortalForm:
        return BudgetForm(self.data, initial={"total_budget": self.application.total_budget})

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Stored contributions; a new budget begins with the three that nearly every effort has."""
        lines = [
            {"source": line.source, "kind": line.kind, "amount": line.amount, "note": line.note}
            for line in self.application.funding_lines.all()
        ]
        usual = [{"source": source} for source in (Source.FUND, Source.MUNICIPALITY, Source.ORGANISATION)]
        self.funding = rows_of(
            FundingRows, FundingForm, self.data, prefix="funding", initial=lines or usual, extra=1 if lines else 0
        )
        return (self.funding,)

    def choices(self) -> Values:
        """For `transitions.save_budget`."""
        return {
            "total_budget": self.form.cleaned_data["total_budget"],
            "lines": [
                FundingChoice(Source(row["source"]), row["amount"], Kind(row["kind"]), row["note"]) for row in self.funding.filled
            ],
        }

    def so_far(self) -> Values:
        """The section's values as far as they can be read now, for sums while somebody types.

        Whether the fund accepted a contribution as local is kept on lines that did not change, as saving does.
        """
        self.form.is_valid()
        accepted = {
            (line.source, line.kind, line.amount, line.note)
            for line in self.application.funding_lines.all()
            if line.accepted_as_local
        }
        return {
            "total_budget": self.form.cleaned_data.get("total_budget"),
            "lines": [
                {
                    **{name: row[name] for name in ("source", "kind", "amount", "note")},
                    "accepted_as_local": (row["source"], row["kind"], row["amount"], row["note"]) in accepted,
                }
                for row in filled(self.funding)
            ],
        }
