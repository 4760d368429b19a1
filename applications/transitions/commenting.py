"""Comments on a section, among those who prepare the case."""

from __future__ import annotations

import datetime

from accounts.actors import Actor
from applications import notifications, sections
from applications.models import Application, Comment, CommentsRead, CommentThread
from applications.transitions.common import day_of, locked, person_of
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

LONGEST = 4000


def comment(application: Application, section: str, text: str, *, by: Actor, at: datetime.datetime) -> CommentThread:
    """Begin a thread about a section. Errors: NotAllowed; RuleBroken without a text, or about a section that is none."""
    with locked(application, "comment", by=by, at=at):
        if section not in sections.SECTIONS:
            raise RuleBroken([Violation("no_section", gettext_noop("Vælg det afsnit, kommentaren gælder."), "", field="section")])
        _require_text(text)
        thread = CommentThread.objects.create(application=application, section=section, opened_at=at, latest_at=at)
        _write(thread, text, by=by, at=at)
    return thread


def reply(thread: CommentThread, text: str, *, by: Actor, at: datetime.datetime) -> None:
    """Answer in a thread; a resolved one is opened by it. Errors: NotAllowed; RuleBroken without a text."""
    with locked(thread.application, "comment", by=by, at=at):
        thread.refresh_from_db(fields=["resolved_at", "resolved_by"])
        _require_text(text)
        thread.latest_at, thread.resolved_at, thread.resolved_by = at, None, None
        thread.save(update_fields=["latest_at", "resolved_at", "resolved_by"])
        _write(thread, text, by=by, at=at)


def resolve(thread: CommentThread, *, is_resolved: bool, by: Actor, at: datetime.datetime) -> None:
    """Say that there is nothing more to do about it, or that there is after all. Twice is once. Errors: NotAllowed."""
    with locked(thread.application, "comment", by=by, at=at):
        thread.refresh_from_db(fields=["resolved_at", "resolved_by"])
        if thread.is_resolved == is_resolved:
            return
        thread.resolved_at, thread.resolved_by = (at, person_of(by)) if is_resolved else (None, None)
        thread.save(update_fields=["resolved_at", "resolved_by"])
        event = "application:comments_resolved" if is_resolved else "application:comments_reopened"
        thread.application.record(event, by=by, at=at, data={"section": thread.section, "thread": thread.pk})


def comments_read(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Remember that the person has looked: the next comment is mailed to them again."""
    CommentsRead.objects.update_or_create(application=application, user=person_of(by), defaults={"read_at": at})


def _write(thread: CommentThread, text: str, *, by: Actor, at: datetime.datetime) -> None:
    application = thread.application
    side = application.organisation_of(by, on=day_of(at))
    Comment.objects.create(thread=thread, text=text.strip(), written_at=at, written_by=person_of(by), organisation=side)
    application.record("application:comment_written", by=by, at=at, data={"section": thread.section, "thread": thread.pk})
    notifications.comments_written(application, by.user)


def _require_text(text: str) -> None:
    if not text.strip():
        raise RuleBroken([Violation("text_missing", gettext_noop("Skriv en kommentar."), "", field="text")])
    if len(text) > LONGEST:
        told = gettext_noop("Kommentaren er for lang. Skriv højst %(most)s tegn.")
        raise RuleBroken([Violation("text_too_long", told, "", field="text", params={"most": str(LONGEST)})])
