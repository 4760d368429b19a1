"""Makes frames the way the portal does: through `ledger.posting`, so that the database's own rules hold for them too."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.actors import SYSTEM
from ledger import posting
from ledger.kinds import FrameKind
from ledger.models import FrameYear, GrantPeriod


class GrantPeriodFactory(DjangoModelFactory[GrantPeriod]):
    class Meta:
        model = GrantPeriod
        django_get_or_create = ["code"]

    code = "P2019_26"
    name = "2019-26-midlerne"
    first_year = 2019
    last_year = 2026
    frame = FrameKind.ORDINARY
    legal_basis = "Almenboligloven § 91 a, stk. 1"

    class Params:
        extra = factory.Trait(
            code="P2023_EXTRA",
            name="Ekstra huslejemidler 2023",
            first_year=2023,
            last_year=2023,
            frame=FrameKind.EXTRA_RENT,
            legal_basis="Almenboligloven § 91 a, stk. 5",
        )
        historic = factory.Trait(
            code="P2011_14",
            name="2011-14-midlerne",
            first_year=2011,
            last_year=2014,
            frame="",
            annual_total=Decimal(440_000_000),
            annual_rent=Decimal(220_000_000),
            source="https://example.org/2011-14",
        )


class FrameYearFactory(DjangoModelFactory[FrameYear]):
    """The frame of 2026 with its base amounts; `carried=True` for a year that lives on carry-over alone (G4).

    `extra=True` for the extra frame of 2023 (R15), `extra_carried=True` for its 2024.
    """

    class Meta:
        model = FrameYear

    period = factory.SubFactory(GrantPeriodFactory)
    year = 2026
    base_total = Decimal(380_000_000)
    base_rent = Decimal(240_000_000)
    base_vacancy = Decimal(10_000_000)
    on = factory.LazyAttribute(lambda frame: datetime.date(frame.year, 1, 1))
    by = SYSTEM

    class Params:
        carried = factory.Trait(base_total=Decimal(0), base_rent=Decimal(0), base_vacancy=Decimal(0))
        extra = factory.Trait(
            period=factory.SubFactory(GrantPeriodFactory, extra=True),
            year=2023,
            base_total=Decimal(350_000_000),
            base_rent=Decimal(350_000_000),
            base_vacancy=Decimal(0),
        )
        extra_carried = factory.Trait(
            period=factory.SubFactory(GrantPeriodFactory, extra=True),
            year=2024,
            base_total=Decimal(0),
            base_rent=Decimal(0),
            base_vacancy=Decimal(0),
        )

    @classmethod
    def _create(cls, model_class: type[FrameYear], *_args: Any, **kwargs: Any) -> FrameYear:  # noqa: ARG003 - factory_boy's name
        return posting.open_year(kwargs.pop("period"), kwargs.pop("year"), **kwargs)
