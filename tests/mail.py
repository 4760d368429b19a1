"""What was mailed, for every test that mails: `mails_to(actor)`, `path_in(mail)`, `html_of(mail)`."""

from __future__ import annotations

import re

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage

from accounts.actors import Actor
from accounts.models import User


def mails_to(recipient: Actor | User) -> list[EmailMessage]:
    """The mails sent to the person so far, oldest first.

    They leave on commit: wrap the act in `django_capture_on_commit_callbacks(execute=True)`.
    """
    user = recipient.user if isinstance(recipient, Actor) else recipient
    assert user is not None
    return [message for message in mail.outbox if message.to == [user.email]]


def path_in(message: EmailMessage) -> str:
    """The page that the mail's direct link leads to."""
    links: list[str] = re.findall(rf"^{re.escape(settings.PORTAL_ADDRESS)}(/\S*)$", str(message.body), re.MULTILINE)
    assert len(links) == 1, f"the mail has {len(links)} links:\n{message.body}"
    return links[0]


def html_of(message: EmailMessage) -> str:
    """The mail's HTML part."""
    [(content, kind)] = message.alternatives  # type: ignore[attr-defined]  # all our mails have two parts
    assert kind == "text/html"
    return str(content)
