"""Deadlines as a calendar file: what is due, on which day, in which case. Nothing else of a case leaves the portal this way."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event

from applications.due import Line
from lbf_portal.lib.mail import address_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
DAY = datetime.timedelta(days=1)
READ_AGAIN_AFTER = datetime.timedelta(hours=6)


def calendar_of(lines: Iterable[Line]) -> bytes:
    """The file (RFC 5545), a day for each deadline. The same deadlines give the same bytes, so that a reader sees what is new.

    An event keeps its identity while the day moves, so a calendar that read it before moves it too.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Landsbyggefonden//Boligsociale indsatser//DA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", gettext("Frister, Landsbyggefonden"))
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for line in lines:
        calendar.add_component(_event(line))
    content: bytes = calendar.to_ical()
    return content


def _event(line: Line) -> Event:
    deadline, application = line.deadline, line.application
    event = Event()
    event.add("uid", f"{application.pk}-{deadline.key}@{urlsplit(settings.PORTAL_ADDRESS).hostname}")
    event.add("dtstamp", datetime.datetime.combine(deadline.since, datetime.time(), tzinfo=datetime.UTC))
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + DAY)
    # As text: a case number has no thousands separator.
    event.add("summary", gettext("%(what)s: sag %(number)s") % {"what": deadline.name, "number": str(application.case_number)})
    event.add("url", address_of(application.get_absolute_url()))
    # A day on which something is due is no day on which one is busy.
    event.add("transp", "TRANSPARENT")
    return event
