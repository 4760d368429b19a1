"""Forms by which the fund keeps the registers. They check shape; what may stand, transitions and constraints say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from accounts.transitions import ADMINISTRATORS
from areas.models import Department, HousingArea, Municipality, OwnerKind, PlanApproval
from lbf_portal.lib.forms import DateField, DecimalField, LongTextField, PortalForm

LARGEST_NUMBER = Decimal(99_999)
LARGEST_FLOOR_AREA = Decimal("99999999.99")  # NUMERIC(10,2)


class NumberField(DecimalField):
    """A whole number as Danes write it (`1.250`), or nothing."""

    default_error_messages = {
        "invalid": _("Skriv et helt tal, fx 1250"),
        "max_decimals": _("Skriv et helt tal, fx 1250"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=LARGEST_NUMBER, places=0, **kwargs)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number)


class AreaChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own is not generic when it runs
    """An area by its name; with its municipality where there are several to choose among."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=HousingArea.objects.none(), empty_label=_("Vælg et boligområde"), **kwargs)

    def offer(self, areas: QuerySet[HousingArea]) -> None:
        self.queryset = areas.select_related("municipality")

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.municipality.name}"


class _WithArea(PortalForm):
    """A form that asks for an area among those that stand."""

    area_field = "area"

    def __init__(self, *args: Any, areas: QuerySet[HousingArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.area_field]
        assert isinstance(field, AreaChoice)
        field.offer(areas)


class DepartmentForm(PortalForm):
    """What the register says of a department."""

    number = forms.CharField(label=_("Afdelingsnummer"), max_length=10)
    name = forms.CharField(label=_("Navn"), max_length=150)
    municipality = forms.ModelChoiceField(
        label=_("Kommune"), queryset=Municipality.objects.all(), empty_label=_("Vælg en kommune")
    )
    owner_kind = forms.ChoiceField(label=_("Ejer"), choices=OwnerKind.choices)
    addresses = forms.CharField(
        label=_("Adresser"), max_length=300, required=False, help_text=_("Fx »Nordgårdsvej 1-45 og 2-60«.")
    )
    postcode = forms.CharField(label=_("Postnummer"), max_length=4, required=False)
    dwellings = NumberField(label=_("Boliger i alt"), required=False)
    family_dwellings = NumberField(label=_("Familieboliger"), required=False)
    youth_dwellings = NumberField(label=_("Ungdomsboliger"), required=False)
    elderly_dwellings = NumberField(label=_("Ældreboliger"), required=False)
    floor_area_m2 = DecimalField(
        label=_("Areal"), suffix="m²", min_value=Decimal("0.01"), max_value=LARGEST_FLOOR_AREA, required=False
    )


class NewDepartmentForm(DepartmentForm):
    """The same, and whose it is."""

    organisation = forms.ModelChoiceField(
        label=_("Boligorganisation"),
        queryset=Organisation.objects.standing().filter(kind=OrganisationKind.HOUSING),
        empty_label=_("Vælg en boligorganisation"),
    )
    field_order = ["organisation"]


class ResidentsForm(PortalForm):
    """A count of residents."""

    counted_on = DateField(label=_("Opgjort den"), help_text=_("Listerne tæller 1. januar, fx 1 1 2026."))
    residents = NumberField(label=_("Beboere"))


class PlacementForm(_WithArea):
    """Where a department lies from a day on."""

    area = AreaChoice(label=_("Boligområde"), help_text=_("Kun områder i afdelingens kommune kan vælges."))
    valid_from = DateField(label=_("Fra"), help_text=_("Den første dag, den ligger der."))


class ConnectionForm(_WithArea):
    """Which area a department outside it is connected to, and why (R52)."""

    area = AreaChoice(label=_("Boligområde"))
    valid_from = DateField(label=_("Fra"))
    valid_to = DateField(label=_("Til"), required=False, help_text=_("Den sidste dag, hvis den er kendt."))
    reason = LongTextField(
        label=_("Begrundelse"),
        help_text=_("Hvorfor afdelingen hører til området, fx fælles skole, fælles gårdarealer eller de samme problemer."),
    )


class EndForm(PortalForm):
    """The last day of something that began."""

    valid_to = DateField(label=_("Sidste dag"), help_text=_("Dagen selv tæller med."))


class PlanForm(PortalForm):
    """A development plan (R34-R44)."""

    starts_on = DateField(label=_("Gælder fra"))
    ends_on = DateField(
        label=_("Ophørt den"), required=False, help_text=_("Lad feltet stå tomt, så længe planen binder området.")
    )
    approval = forms.ChoiceField(label=_("Status"), choices=PlanApproval.choices, widget=forms.RadioSelect)
    source = LongTextField(label=_("Kilde"), rows=3, help_text=_("Fx ministerens brev med dato, eller en adresse på nettet."))


class OrganisationForm(PortalForm):
    """An organisation's numbers, and who runs its office."""

    cvr_number = forms.CharField(label=_("CVR-nummer"), max_length=8, required=False, help_text=_("Otte cifre."))
    lbf_number = forms.CharField(label=_("LBF-nummer"), max_length=10, required=False)
    administered_by = forms.ModelChoiceField(
        label=_("Administreres af"),
        queryset=Organisation.objects.standing().filter(kind__in=sorted(ADMINISTRATORS)),
        empty_label=_("Ingen: organisationen administrerer sig selv"),
        required=False,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisation.kind == OrganisationKind.HOUSING:
            field = self.fields["administered_by"]
            assert isinstance(field, forms.ModelChoiceField)
            standing = Organisation.objects.standing().filter(kind__in=sorted(ADMINISTRATORS))
            field.queryset = standing.exclude(pk=organisation.pk)
        else:
            del self.fields["administered_by"]


class OrganisationNameForm(PortalForm):
    """Another name of an organisation."""

    name = forms.CharField(label=_("Nyt navn"), max_length=200)
    renamed_on = DateField(
        label=_("Gælder fra"), help_text=_("Den første dag med det nye navn. Afgørelser fra før beholder det gamle.")
    )


class OrganisationMergerForm(PortalForm):
    """The organisation that stands in this one's place."""

    successor = forms.ModelChoiceField(
        label=_("Lagt sammen med"), queryset=Organisation.objects.none(), empty_label=_("Vælg en organisation")
    )
    effective_on = DateField(label=_("Gælder fra"))
    reason = forms.CharField(
        label=_("Grundlag"), max_length=300, help_text=_("Fx »Repræsentantskabernes beslutning af 12. november 2026«.")
    )
    people_follow = forms.BooleanField(
        label=_("Medarbejderne følger med og får de samme roller i den anden organisation"), required=False
    )
    is_sure = forms.BooleanField(label=_("Jeg ved, at sammenlægningen ikke kan tages tilbage"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.standing().filter(kind=organisation.kind).exclude(pk=organisation.pk)


class RenameForm(PortalForm):
    """Another name of an area."""

    name = forms.CharField(label=_("Nyt navn"), max_length=150)
    changed_on = DateField(label=_("Fra"), help_text=_("Den første dag med det nye navn."))
    note = LongTextField(label=_("Bemærkning"), rows=3, required=False)


class MergeForm(_WithArea):
    """An area goes into another."""

    area_field = "into"

    into = AreaChoice(label=_("Lægges sammen med"), help_text=_("Det område, der bliver stående."))
    changed_on = DateField(label=_("Fra"), help_text=_("Den første dag, de er ét område."))
    note = LongTextField(label=_("Bemærkning"), rows=3, required=False)


class _Approved(PortalForm):
    """A change of shape, which the minister approves (§ 61 a, stk. 3)."""

    changed_on = DateField(label=_("Fra"), help_text=_("Den første dag, ændringen gælder."))
    approval = forms.CharField(
        label=_("Ministerens godkendelse"), max_length=300, help_text=_("Fx »Brev af 2. december 2023, j.nr. 2023-1234«.")
    )
    note = LongTextField(label=_("Bemærkning"), rows=3, required=False)


class SplitForm(_Approved):
    """A part becomes an area of its own."""

    name = forms.CharField(
        label=_("Den nye dels navn"),
        max_length=150,
        help_text=_("Står delen allerede i registeret, fordi en liste nævner den, så skriv dens navn."),
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("Afdelinger i den nye del"),
        queryset=Department.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field_order = ["name", "changed_on", "departments"]

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["departments"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = departments


class EnlargeForm(_Approved):
    """Adjoining parcels are taken in."""
