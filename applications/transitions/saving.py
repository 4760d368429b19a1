"""One section saved, on top of what the writer had seen."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from accounts.actors import Actor
from applications import sections
from applications.models import Application, SectionSave
from applications.transitions.common import day_of, locked
from lbf_portal.lib.refusals import IllegalMove, Refused, Violation
from lbf_portal.lib.words import gettext_noop


class Outdated(Refused):
    """Somebody else saved the section in between; both versions must be shown."""


# What the page saves by itself while one person goes on writing is one sitting, and one event.
SITTING = datetime.timedelta(minutes=15)


@contextlib.contextmanager
def editing(
    application: Application,
    section: str,
    *,
    by: Actor,
    at: datetime.datetime,
    seen: str | None,
    is_autosave: bool = False,
) -> Iterator[None]:
    """One section saved: locked, allowed, in time, on top of what the writer had seen; before and after in the event.

    A page that saves by itself every few seconds would leave hundreds of events with the whole text in each. So an autosave
    leaves one only when the section's latest event is not this very person's, of the last quarter of an hour and since the
    case came to where it stands. Nothing is lost by that: where the next event's `before` is not the latest one's `after`,
    what lies between is the work of whoever left the latest one.

    Somebody who saw something older, and now says just what stands there, is no loser to anybody: the answer to their own save
    was lost, or a button was pressed twice. So a save can be tried again as it was.
    """
    try:
        with _on_what_was_seen(application, section, by=by, at=at, seen=seen, is_autosave=is_autosave):
            yield
    except Outdated:
        application.refresh_from_db()  # it holds what was just rolled back
        raise


@contextlib.contextmanager
def _on_what_was_seen(
    application: Application, section: str, *, by: Actor, at: datetime.datetime, seen: str | None, is_autosave: bool
) -> Iterator[None]:
    with locked(application, "edit_plan" if section in sections.OF_PLAN else "edit", by=by, at=at):
        if not sections.is_open(application, section):
            raise IllegalMove(
                [Violation("section_closed", gettext_noop("Sagen kan ikke rettes, som den står nu. Se sagens status."), "")]
            )
        roles = application.roles_of(by, on=day_of(at))
        before = sections.values(application, section)
        yield
        application.refresh_from_db()
        after = sections.values(application, section)
        if sections.canonical(before) == sections.canonical(after):
            return
        if seen is not None and seen != sections.sha256(before):
            raise _outdated()
        SectionSave.objects.update_or_create(
            application=application, section=section, defaults={"saved_by": by.user, "saved_at": at}
        )
        if is_autosave and _is_in_a_sitting(application, section, by=by, at=at):
            return
        data: dict[str, object] = {"section": section}
        if section not in sections.WITH_PERSONAL_DATA:
            data |= {"before": json.loads(sections.canonical(before)), "after": json.loads(sections.canonical(after))}
        application.record("application:section_saved", by=by, at=at, roles=roles, data=data)


def set_and_save(row: Model, **values: Any) -> None:
    """A row with these values, saved when it is new or one of them is another: what did not change leaves no history."""
    if row.pk is not None and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def _outdated() -> Outdated:
    text = gettext_noop(
        "En anden har gemt her, mens du skrev. Begge udgaver vises: ret din, og gem igen, eller behold den andens."
    )
    return Outdated([Violation("outdated", text, "")])


def _is_in_a_sitting(application: Application, section: str, *, by: Actor, at: datetime.datetime) -> bool:
    """Whether the section's latest event tells already that this person is writing."""
    latest = application.events.filter(event="application:section_saved", data__section=section).last()
    return (
        latest is not None
        and (latest.user, latest.organisation) == (by.user, by.organisation)
        and at - latest.at < SITTING
        and latest.at >= application.state_since
    )
