"""Rows that hold from a day to a day, both included."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import F, Func, Value


def never_twice_at_a_time(name: str, subjects: tuple[str, ...], start: str, end: str, message: Any) -> ExclusionConstraint:
    """Periods of the same subjects do not overlap. A range of one number stands in for equality, which would need btree_gist."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((Func(F(subject), F(subject), Value("[]"), function="int8range"), RangeOperators.OVERLAPS) for subject in subjects),
            (Func(F(start), F(end), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
    )
