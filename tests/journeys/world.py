"""What a journey finds in the portal: registers, lists, a frame, indicators, the demo's people, departments. No case.

Loaded in a process of the portal's own (`Portal.run`), so that it acts as web and worker do.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.management import call_command
from django.utils import timezone

from accounts.actors import SYSTEM
from areas.models import HousingArea
from areas.transitions import place_department, register_department
from lbf_portal.demo.people import HOUSING, ensure_organisation, ensure_people
from ledger import frames, posting

DEPARTMENTS = (
    ("gellerupparken-toveshoej", "4", "Gellerupparken", Decimal(95_400)),
    ("gellerupparken-toveshoej", "5", "Toveshøj", Decimal(41_200)),
    ("skovgaardsparken", "3", "Skovgårdsparken", Decimal(31_800)),
)


def load() -> None:
    """Everything that a first application needs."""
    today = timezone.localdate()
    call_command("load_reference")
    call_command("load_indicators")
    open_frame(today)
    ensure_people(today)
    for key, number, name, floor_area_m2 in DEPARTMENTS:
        area = HousingArea.objects.get(key=key)
        department = register_department(
            ensure_organisation(HOUSING),
            number=number,
            name=name,
            municipality=area.municipality,
            floor_area_m2=floor_area_m2,
            dwellings=600,
            residents={datetime.date(today.year, 1, 1): 1400},
            is_demo=True,
            by=SYSTEM,
        )
        place_department(department, area, valid_from=datetime.date(2010, 1, 1), by=SYSTEM)


def open_frame(today: datetime.date) -> None:
    """The frame of the year in which the test happens to run; after 2026 with the same amounts in a period of its own."""
    bases = {base.year: base for base in frames.bases() if base.total}
    if today.year in bases:
        call_command("load_frames")
        return
    base = bases[max(bases)]
    posting.open_year(
        posting.add_period("TEST", "Prøvemidlerne", first_year=today.year, last_year=today.year, by=SYSTEM),
        today.year,
        base_total=base.total,
        base_rent=base.rent,
        base_vacancy=base.vacancy,
        on=today,
        by=SYSTEM,
    )
