"""Saving a row of a register: nothing is overwritten unseen, and whatever the database refuses is a sentence.

    with transaction.atomic():
        lock(department, FIELDS, seen=seen)      # Outdated when it is no longer what the form showed
        department.name = name
        save(department)                         # RuleBroken with the sentence of each constraint that is not met

A form carries `fingerprint(department, FIELDS)` along as `seen`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from lbf_portal.lib.refusals import Refused, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


class Outdated(Refused):
    """Somebody else saved the row in between; both versions must be shown."""


def values_of(row: models.Model, fields: Sequence[str]) -> dict[str, Any]:
    """What the row holds in these fields, as plain JSON values; of a foreign key the primary key."""
    columns = {field.name: field.attname for field in row._meta.concrete_fields}  # noqa: SLF001 - Django's public API
    plain = {field: getattr(row, columns[field]) for field in fields}
    return json.loads(json.dumps(plain, default=str))  # type: ignore[no-any-return]  # a dict goes in, so one comes out


def fingerprint(row: models.Model, fields: Sequence[str]) -> str:
    """What a form carries along, so that saving can tell whether somebody else saved in between; of a row as it was read."""
    return hashlib.sha256(json.dumps(values_of(row, fields), sort_keys=True).encode()).hexdigest()


def lock(row: models.Model, fields: Sequence[str], *, seen: str | None) -> None:
    """Lock the row and read it again. `seen` is what the form showed; None asks nothing (scripts, imports).

    Errors: Outdated; the model's DoesNotExist when the row is gone.
    """
    manager = type(row)._default_manager  # noqa: SLF001 - Django's public API
    row.refresh_from_db(from_queryset=manager.select_for_update(of=("self",)))
    if seen is not None and seen != fingerprint(row, fields):
        text = gettext_noop(
            "En anden har gemt her, mens du skrev. Begge udgaver vises: ret din, og gem igen, eller behold den andens."
        )
        raise Outdated([Violation("outdated", text, "")])


def save(row: models.Model) -> None:
    """Check the row against its fields and constraints, and save it.

    Two at once: whoever comes second meets the constraint in the database, and gets the same sentence.

    Errors: RuleBroken, each violation with the field it is about, if it is about one.
    """
    try:
        row.full_clean(validate_constraints=False)
        _require_constraints(row)
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        raise RuleBroken(_violations(error)) from None
    except IntegrityError as error:
        raise RuleBroken(_sentences(row, error)) from None


def _require_constraints(row: models.Model) -> None:
    """Ask the row's own checks before what compares it with others: a period that ends before it begins is no range at all."""
    constraints = row._meta.constraints  # noqa: SLF001 - Django's public API
    checks = [constraint for constraint in constraints if isinstance(constraint, models.CheckConstraint)]
    for group in (checks, [constraint for constraint in constraints if constraint not in checks]):
        sentences: list[ValidationError] = []
        for constraint in group:
            try:
                constraint.validate(type(row), row)
            except ValidationError as error:
                sentences.append(error)
        if sentences:
            raise ValidationError({NON_FIELD_ERRORS: sentences})


def _violations(error: ValidationError) -> Iterable[Violation]:
    """Django's findings as refusals. Their texts are translated already, so a percent sign in them stands for itself."""
    return [
        Violation("invalid", message.replace("%", "%%"), "", field="" if field == NON_FIELD_ERRORS else field)
        for field, messages in error.message_dict.items()
        for message in messages
    ]


def _sentences(row: models.Model, error: IntegrityError) -> Iterable[Violation]:
    """The sentence of the constraint that the database names.

    Errors: the error itself, when it names none of the row's own: that is a fault of ours, not of somebody's input.
    """
    named = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in row._meta.constraints:  # noqa: SLF001 - Django's public API
        if constraint.name == named:
            return [Violation(constraint.name, str(constraint.violation_error_message).replace("%", "%%"), "")]
    raise error
