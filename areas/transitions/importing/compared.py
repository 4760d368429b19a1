"""What comes of a row when it is held against the registers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django.db import models

from areas.models import RowOutcome
from areas.transitions.importing.changes import Changes, Values


@dataclasses.dataclass(frozen=True)
class Compared:
    """The outcome, what was and will be, and for key figures what the law makes of them."""

    outcome: RowOutcome
    before: Values = dataclasses.field(default_factory=dict)
    after: Values = dataclasses.field(default_factory=dict)
    computed: str = ""
    published: str = ""
    agrees: bool | None = None

    @classmethod
    def of(cls, *differences: tuple[Values, Values], **more: Any) -> Compared:
        """Changed when one of the rows it touches changes, else unchanged."""
        before = {name: value for difference in differences for name, value in difference[0].items()}
        after = {name: value for difference in differences for name, value in difference[1].items()}
        outcome = RowOutcome.CHANGED if before or after else RowOutcome.UNCHANGED
        return cls(outcome, before, after, **more)


@dataclasses.dataclass(frozen=True)
class Line:
    """A row of the preview, by the fields of areas.models.ImportRow; 10,000 of them are made at once."""

    number: int
    subject: str
    outcome: RowOutcome
    reason: str = ""
    reason_params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    before: Values = dataclasses.field(default_factory=dict)
    after: Values = dataclasses.field(default_factory=dict)
    computed: str = ""
    published: str = ""
    agrees: bool | None = None
    cells: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        """In the order of `LINE_FIELDS`."""
        return tuple(getattr(self, name) for name in LINE_FIELDS)


LINE_FIELDS = tuple(field.name for field in dataclasses.fields(Line))


class Comparison(Protocol):
    """Reads once what is held, and holds each row of a file against it. A refused row leaves nothing behind.

    `order` is the order in which what it makes is written.
    """

    order: ClassVar[tuple[type[models.Model], ...]]
    changes: Changes

    def compare(self, row: Any) -> Compared: ...
