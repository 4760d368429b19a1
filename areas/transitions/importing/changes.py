"""What a file makes and changes in the registers: collected while its rows are compared, written in a few statements, undone.

Each row of the registers counts once, however many rows of the file touch it. What it was and what it became is kept as JSON
(areas.models.ImportChange), so that the batch can be taken back as long as nobody has built on it.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError

from areas.models import ImportBatch, ImportChange
from areas.states import State
from areas.transitions.importing.copying import copy_in
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

Values = dict[str, Any]
ROWS_PER_STATEMENT = 1000
# How many of the things that stand in the way are named; the rest is a number.
MOST_NAMED = 5


class ChangedMeanwhile(Exception):
    """Somebody changed a row of the registers between the comparison and the writing."""


@dataclasses.dataclass
class Change:
    """A row of the registers that is made or changed; `before` holds the fields that change."""

    instance: models.Model
    is_new: bool
    before: Values = dataclasses.field(default_factory=dict)


class Changes:
    """All that one file makes and changes."""

    def __init__(self) -> None:
        self._changes: dict[int, Change] = {}

    def make(self, instance: models.Model, *shown: str) -> Values:
        """Add a row; return the fields that people should see of it, those that say something."""
        self._changes[id(instance)] = Change(instance, is_new=True)
        return {_label(type(instance), name): value for name in shown if (value := _shown(instance, name)) not in {None, ""}}

    def change(self, instance: models.Model, values: Mapping[str, Any]) -> tuple[Values, Values]:
        """Set the values on a row; return what was and what is, for the fields that were another."""
        differing = {name: value for name, value in values.items() if getattr(instance, name) != value}
        if not differing:
            return {}, {}
        change = self._changes.setdefault(id(instance), Change(instance, is_new=False))
        before: Values = {}
        after: Values = {}
        for name, value in differing.items():
            if not change.is_new:
                change.before.setdefault(name, _stored(instance, name))
            before[_label(type(instance), name)] = _shown(instance, name)
            setattr(instance, name, value)
            after[_label(type(instance), name)] = _shown(instance, name)
        hidden = _label(type(instance), "sort_key")
        before.pop(hidden, None)
        after.pop(hidden, None)
        return before, after

    def write(self, batch: ImportBatch, order: Sequence[type[models.Model]]) -> None:
        """Write model by model, so that what is pointed at is there first, and keep what was.

        Errors: ChangedMeanwhile when a row is no longer what it was compared with.
        """
        by_model: dict[type[models.Model], list[Change]] = defaultdict(list)
        for change in self._changes.values():
            by_model[type(change.instance)].append(change)
        for model in order:
            made = [change for change in by_model[model] if change.is_new]
            changed = [change for change in by_model[model] if not change.is_new]
            manager = model._default_manager  # noqa: SLF001 - the public way to a model's manager
            manager.bulk_create([change.instance for change in made], batch_size=ROWS_PER_STATEMENT)
            if changed:
                _refuse_changed(model, {change.instance.pk: change.before for change in changed})
                _overwrite(model, [change.instance for change in changed], {name for one in changed for name in one.before})
            copy_in(ImportChange, KEPT, (_kept(batch, change) for change in (*made, *changed)))


def take_back(batch: ImportBatch) -> None:
    """Put back what the batch changed and remove what it made, the latest first.

    Errors: RuleBroken that names what has been built on it since; then nothing is taken back.
    """
    by_table: dict[str, list[ImportChange]] = defaultdict(list)
    for change in batch.changes.order_by("-pk"):
        by_table[change.table].append(change)
    for table, changes in by_table.items():
        model: type[models.Model] = apps.get_model(table)
        held = _locked(model, [change.object_pk for change in changes])
        _refuse_built_on(batch, table, changes, held)
        restored = [change for change in changes if change.before is not None]
        for change in restored:
            for name, value in (change.before or {}).items():
                setattr(held[change.object_pk], _attname(model, name), _python(model, name, value))
        if restored:
            fields = {name for change in restored for name in change.before or {}}
            _overwrite(model, [held[change.object_pk] for change in restored], fields)
        _remove(model, [change.object_pk for change in changes if change.before is None])


def _refuse_changed(model: type[models.Model], before: dict[int, Values]) -> None:
    held = _locked(model, before)
    for pk, values in before.items():
        if pk not in held or any(_stored(held[pk], name) != value for name, value in values.items()):
            raise ChangedMeanwhile


def _locked(model: type[models.Model], pks: Iterable[int]) -> dict[Any, models.Model]:
    manager = model._default_manager  # noqa: SLF001 - as above
    return manager.select_for_update(of=("self",)).in_bulk(list(pks))


def _overwrite(model: type[models.Model], instances: list[models.Model], fields: set[str]) -> None:
    """Update many rows in few statements: each is there and locked, so it conflicts with itself and only the fields are set."""
    model._default_manager.bulk_create(  # noqa: SLF001 - as above
        instances,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=sorted(fields),
        batch_size=ROWS_PER_STATEMENT,
    )


def _remove(model: type[models.Model], pks: list[int]) -> None:
    for start in range(0, len(pks), ROWS_PER_STATEMENT):
        try:
            model._default_manager.filter(pk__in=pks[start : start + ROWS_PER_STATEMENT]).delete()  # noqa: SLF001 - as above
        except ProtectedError as error:
            raise _in_the_way([_described(dependent) for dependent in error.protected_objects]) from None


def _refuse_built_on(batch: ImportBatch, table: str, changes: list[ImportChange], held: dict[Any, models.Model]) -> None:
    """Refuse when a row was changed or removed after the batch: by hand, or by a later batch, which is then named."""
    later = dict(
        ImportChange.objects.filter(table=table, object_pk__in=[change.object_pk for change in changes], batch__pk__gt=batch.pk)
        .exclude(batch__state=State.TAKEN_BACK)
        .values_list("object_pk", "batch__pk")
    )
    built_on = [
        _changed_since(held.get(change.object_pk), change, later.get(change.object_pk))
        for change in changes
        if change.object_pk in later or not _is_as_left(held.get(change.object_pk), change)
    ]
    if built_on:
        raise _in_the_way(built_on)


def _is_as_left(instance: models.Model | None, change: ImportChange) -> bool:
    return instance is not None and all(_stored(instance, name) == value for name, value in change.after.items())


def _changed_since(instance: models.Model | None, change: ImportChange, later: int | None) -> str:
    name = _described(instance) if instance is not None else f"{change.table} {change.object_pk}"
    return f"{name} (indlæsning {later})" if later else name


def _described(instance: models.Model) -> str:
    return f"{instance._meta.verbose_name} {instance}"  # noqa: SLF001 - the public way to a model's name


def _in_the_way(dependents: Iterable[str]) -> RuleBroken:
    names = sorted(set(dependents))
    shown = "; ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        text = gettext_noop(
            "Indlæsningen kan ikke tages tilbage, for den er der bygget videre på: %(names)s og %(more)s til. Intet er ændret."
        )
    else:
        text = gettext_noop("Indlæsningen kan ikke tages tilbage, for den er der bygget videre på: %(names)s. Intet er ændret.")
    return RuleBroken([Violation("built_on", text, "", params={"names": shown, "more": str(len(names) - MOST_NAMED)})])


def _kept(batch: ImportBatch, change: Change) -> tuple[Any, ...]:
    """The row of `ImportChange`, by the fields of `KEPT`."""
    instance = change.instance
    names = _kept_fields(type(instance)) if change.is_new else change.before
    after = {name: _stored(instance, name) for name in names}
    return batch.pk, _table(type(instance)), instance.pk, None if change.is_new else change.before, after


KEPT = ("batch", "table", "object_pk", "before", "after")


@cache
def _table(model: type[models.Model]) -> str:
    return model._meta.label  # noqa: SLF001 - the public way to a model's label


@cache
def _kept_fields(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if not field.primary_key)  # noqa: SLF001 - as above


@cache
def _label(model: type[models.Model], name: str) -> str:
    return f"{model._meta.label_lower}.{name}"  # noqa: SLF001 - as above


@cache
def _attname(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)  # noqa: SLF001 - as above
    assert isinstance(field, models.Field)
    return field.attname


def _stored(instance: models.Model, name: str) -> Any:
    """The value as JSON keeps it: keys of other rows, numbers without needless zeros, ISO dates."""
    return _plain(getattr(instance, _attname(type(instance), name)))


def _shown(instance: models.Model, name: str) -> Any:
    """The value for people: the name of another row, else as JSON keeps it."""
    value = getattr(instance, name)
    return str(value) if isinstance(value, models.Model) else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _python(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)  # noqa: SLF001 - as above
    assert isinstance(field, models.Field)
    return field.to_python(value) if not field.is_relation else value
