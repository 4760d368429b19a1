"""One section saved, on top of what the writer had seen."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator

from accounts.actors import Actor
from applications import sections
from applications.models import Application
from applications.transitions.common import day_of, locked
from lbf_portal.lib.refusals import IllegalMove, Refused, Violation
from lbf_portal.lib.words import gettext_noop


class Outdated(Refused):
    """Somebody else saved the section in between; both versions must be shown."""


@contextlib.contextmanager
def editing(application: Application, section: str, *, by: Actor, at: datetime.datetime, seen: str | None) -> Iterator[None]:
    """One section saved: locked, allowed, in time, on top of what the writer had seen; before and after in the event."""
    with locked(application, "edit_plan" if section in sections.OF_PLAN else "edit", by=by, at=at):
        if not sections.is_open(application, section):
            raise IllegalMove(
                [Violation("section_closed", gettext_noop("Sagen kan ikke rettes, som den står nu. Se sagens status."), "")]
            )
        roles = application.roles_of(by, on=day_of(at))
        before = sections.values(application, section)
        if seen is not None and seen != sections.sha256(before):
            raise Outdated(
                [
                    Violation(
                        "outdated",
                        gettext_noop(
                            "En anden har gemt her, mens du skrev. Begge udgaver vises: "
                            "ret din, og gem igen, eller behold den andens."
                        ),
                        "",
                    )
                ]
            )
        yield
        application.refresh_from_db()
        after = sections.values(application, section)
        if sections.canonical(before) == sections.canonical(after):
            return
        data: dict[str, object] = {"section": section}
        if section not in sections.WITH_PERSONAL_DATA:
            data |= {"before": json.loads(sections.canonical(before)), "after": json.loads(sections.canonical(after))}
        application.record("application:section_saved", by=by, at=at, roles=roles, data=data)
