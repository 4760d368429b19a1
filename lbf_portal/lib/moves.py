"""Moves of a state machine: the only place where a `state` is assigned.

A move names where it may start, where it leads and which roles may make it; `moving` locks the row, re-reads it, checks
both, and writes state and event together, in one transaction. The database checks them once more (lib/sql.py).
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from django.db import models, transaction
from django.utils import timezone

from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


@dataclass(frozen=True)
class Move:
    """One way to change a state: the procedure's verb, its past tense as event, and the Danish word on the button."""

    name: str
    event: str
    label: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]
    needs_reason: bool = False

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The (from, to) pairs the database must let through."""
        return {(source, self.target) for source in self.sources if source != self.target}


class Acting(Protocol):
    """What a move needs to know of the actor (accounts.actors.Actor)."""

    @property
    def is_system(self) -> bool: ...


class Moving(Protocol):
    """What a move needs of the row it moves: a state, the actor's roles in this very case, and a way to leave an event."""

    state: str
    state_since: datetime.datetime
    pk: Any

    def roles_of(self, actor: Any, *, on: datetime.date) -> frozenset[str]: ...

    def record(
        self,
        event: str,
        *,
        by: Any,
        at: datetime.datetime,
        roles: frozenset[str],
        reason: str,
        state_from: str,
        state_to: str,
        data: dict[str, Any],
    ) -> models.Model: ...


@dataclass
class MoveInProgress:
    """Handed to the transition's body: what it requires, what it changes, what follows once all is committed."""

    fields: set[str] = field(default_factory=set)
    data: dict[str, Any] = field(default_factory=dict)
    followers: list[Callable[[models.Model], object]] = field(default_factory=list)

    def require(self, *checks: Sequence[Violation]) -> None:
        """Refuse the move when a check found something that blocks. Advice does not block.

        Errors: RuleBroken with all blocking violations.
        """
        if blocking := [violation for check in checks for violation in check if violation.is_blocking]:
            raise RuleBroken(blocking)

    def save(self, *fields: str) -> Self:
        """Name the fields of the row that the body changed."""
        self.fields.update(fields)
        return self

    def tell(self, **data: Any) -> Self:
        """Facts that the event keeps: plain JSON values."""
        self.data.update(data)
        return self

    def then(self, follower: Callable[[models.Model], object]) -> None:
        """Call this after commit, with the event of the move."""
        self.followers.append(follower)


@contextlib.contextmanager
def moving(instance: Any, move: Move, *, by: Acting, at: datetime.datetime, reason: str = "") -> Iterator[MoveInProgress]:
    """Make a move; the transition is the body of the `with`.

    The row is locked and read again, so whoever comes second sees what the first one did. An exception in the body
    undoes everything.

    Errors: IllegalMove when the state is not one of the move's sources; NotAllowed when none of the actor's roles in
    this case may make it; RuleBroken when a reason is needed and missing, or from `require`.
    """
    with transaction.atomic():
        # PostgreSQL locks no row on the far side of an outer join, so only the row itself is asked for.
        queryset = type(instance).objects.select_for_update(of=("self",))
        instance.refresh_from_db(from_queryset=queryset)
        roles = instance.roles_of(by, on=timezone.localdate(at))
        if not (roles & move.by):
            raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
        if instance.state not in move.sources:
            raise IllegalMove(
                [
                    Violation(
                        "illegal_move",
                        gettext_noop(
                            "Sagen er ikke længere i en tilstand, hvor dette kan gøres. Se sagens status, og prøv igen."
                        ),
                        "",
                    )
                ]
            )
        if move.needs_reason and not reason.strip():
            raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
        progress = MoveInProgress()
        yield progress
        state_from, instance.state = instance.state, move.target
        instance.state_since = at
        instance.save(update_fields=sorted({"state", "state_since", *progress.fields}))
        event = instance.record(
            move.event,
            by=by,
            at=at,
            roles=roles & move.by,
            reason=reason,
            state_from=state_from,
            state_to=move.target,
            data=progress.data,
        )
        for follower in progress.followers:
            transaction.on_commit(lambda follower=follower: follower(event))  # type: ignore[misc]  # bound now, called later
