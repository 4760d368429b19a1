"""`load_frames`: the grant period 2019-2026 and its frames; again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from ledger import frames, posting
from ledger.models import FrameYear


class Command(BaseCommand):
    """Open the years that have no frame yet."""

    help = "Open the frames of the grant period 2019-2026 with their base amounts, and 2027 for carry-over."

    def handle(self, **_options: Any) -> None:
        """Open what is missing, all or none."""
        today = timezone.localdate()
        with transaction.atomic():
            period = posting.add_period(
                frames.CODE, frames.NAME, first_year=frames.FIRST_YEAR, last_year=frames.LAST_YEAR, by=SYSTEM
            )
            held = set(FrameYear.objects.values_list("year", flat=True))
            missing = {year: base for year, base in frames.base_amounts().items() if year not in held}
            for year, base in missing.items():
                posting.open_year(
                    period,
                    year,
                    base_total=base[frames.TOTAL],
                    base_rent=base[frames.RENT],
                    base_vacancy=base[frames.VACANCY],
                    on=today,
                    by=SYSTEM,
                    reason=f"Grundbeløb efter {frames.SOURCE.name}" if base[frames.TOTAL] else "Kun til overførsel fra året før",
                )
        self.stdout.write(f"{len(missing)} rammer åbnet, {len(held)} fandtes.")
