"""Mails: a folder of templates becomes subject, text and HTML in the recipient's language, and leaves as one message.

`templates/emails/<event>/{subject.txt,body.txt,body.html}`; the bodies extend `emails/layout.txt` and `emails/layout.html`.
The HTML carries no style and no picture: it reads alike everywhere, and nothing tells who opened it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class RenderedMail:
    """What the recipient reads."""

    subject: str
    body: str
    body_html: str


def render(event: str, *, language: str, context: Mapping[str, object]) -> RenderedMail:
    """Render the event's templates. A `path` in the context becomes `link`, the full address of the page.

    Subjects are seen by everybody who passes the screen: what goes into them is the event's business, but they are one
    line here, so nothing can slip a header in.
    """
    facts = {
        "language": language,
        "portal_address": settings.PORTAL_ADDRESS,
        "support_phone": settings.SUPPORT_PHONE,
        "support_mail": settings.SUPPORT_MAIL,
        "is_demo": settings.IS_DEMO,
        **context,
    }
    if "path" in context:
        facts["link"] = address_of(str(context["path"]))
    with translation.override(language):
        subject = " ".join(_text(f"emails/{event}/subject.txt", facts).split())
        return RenderedMail(
            subject=subject[:SUBJECT_LENGTH],
            # Blocks left empty leave empty lines.
            body=re.sub(r"\n{3,}", "\n\n", _text(f"emails/{event}/body.txt", facts)).strip() + "\n",
            body_html=_template(f"emails/{event}/body.html").render(Context(facts)).strip() + "\n",
        )


def address_of(path: str) -> str:
    """The full address of a page."""
    return f"{settings.PORTAL_ADDRESS.rstrip('/')}{path}"


def send(mail: RenderedMail, *, pk: uuid.UUID, to: str) -> None:
    """Hand the mail to the mail server. The Message-ID is the row's, so a mail sent again is known as the same mail.

    Errors: whatever the mail backend raises (SMTPException, OSError).
    """
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body,
        to=[to],
        headers={"Message-ID": f"<{pk}@{host}>", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(mail.body_html, "text/html")
    message.send()


def _template(name: str) -> Template:
    """The template itself, not the backend's wrapper: the wrapper escapes text as if it were HTML."""
    template = get_template(name).template  # type: ignore[attr-defined]  # DjangoTemplates is the only backend
    assert isinstance(template, Template)
    return template


def _text(name: str, facts: Mapping[str, object]) -> str:
    """Plain text is not HTML: an ampersand stays one."""
    return _template(name).render(Context(dict(facts), autoescape=False))
