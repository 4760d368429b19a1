"""`load_frames`: every grant period and the frames of those that have some; again changes nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from ledger import frames, posting
from ledger.models import FrameYear


class Command(BaseCommand):
    """Register the periods, and open the years that have no frame yet."""

    help = "Open the frames of 2019-2026 and the extra frame of 2023 with their base amounts, and the years after for carry-over."

    def handle(self, **_options: Any) -> None:
        """Open what is missing, all or none."""
        today = timezone.localdate()
        held = set(FrameYear.objects.values_list("kind", "year"))
        opened = 0
        with transaction.atomic():
            for stated in frames.periods():
                period = posting.add_period(**dataclasses.asdict(stated), by=SYSTEM)
                missing = [base for base in frames.bases(stated.code) if (stated.frame, base.year) not in held]
                for base in missing:
                    posting.open_year(
                        period,
                        base.year,
                        base_total=base.total,
                        base_rent=base.rent,
                        base_vacancy=base.vacancy,
                        on=today,
                        by=SYSTEM,
                        reason=f"Grundbeløb efter {frames.AMOUNTS.name}" if base.total else "Kun til overførsel fra året før",
                    )
                opened += len(missing)
        self.stdout.write(f"{opened} rammer åbnet, {len(held)} fandtes.")
