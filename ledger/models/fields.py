"""What the models of the ledger have in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import DecimalField, F, Q

from accounts.roles import Role


def kroner_field(label: Any, **options: Any) -> DecimalField[Any, Any]:
    """Kroner and øre, up to 999.999.999.999,99."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def two_persons(first: str) -> Q:
    """Four eyes: a person did it and another one approved it. `first` names the column of the one who did it."""
    return Q(**{f"{first}__isnull": False}, seconded_by__isnull=False) & ~Q(seconded_by=F(first))


def portal_or_person(first: str) -> Q:
    """Whoever has no name is the portal itself, and the portal has none."""
    return Q(role=Role.SYSTEM, **{f"{first}__isnull": True}) | (~Q(role=Role.SYSTEM) & Q(**{f"{first}__isnull": False}))
