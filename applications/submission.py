"""The application as it is sent: what it holds, under which declaration, and the one text that its hash is counted from.

Receipt, PDF copy and the file that anybody can check are all made from this text, not from what the case holds later.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.actors import Actor
from applications import sections
from applications.models import Application, AttachmentVersion, Submission
from applications.readable import readable
from applications.rules.rule_sets import terms_of
from applications.sections import Values


def declaration(application: Application) -> str:
    """The declaration that the case's rule set asks for, in the reader's language."""
    terms = terms_of(application.rule_set)
    return gettext(terms.declaration) % {"regulation": terms.regulation}


def content_now(application: Application, attached: Iterable[AttachmentVersion]) -> Values:
    """All of it but who declares, and when: what somebody reads before they send it."""
    return {
        "case_number": application.case_number,
        "organisation": str(application.organisation),
        "area": str(application.area),
        "municipality": str(application.municipality),
        "rule_set": application.rule_set,
        "sections": {name: sections.values(application, name) for name in sections.OF_APPLICATION},
        "attachments": [
            {
                "document_type": version.attachment.document_type,
                "file_name": version.file_name,
                "version": version.number,
                "sha256": version.sha256,
            }
            for version in attached
        ],
    }


def fingerprint(content: Values) -> str:
    """What the form under the declaration carries along: nobody declares what they have not read."""
    return sections.sha256(content)


def text_of(application: Application, content: Values, *, by: Actor, at: datetime.datetime) -> str:
    """Everything that is sent, as canonical JSON. The declaration stands in Danish, whatever language it was read in."""
    with override("da"):
        declared = declaration(application)
    sent = content | {
        "submitted_at": at.isoformat(),
        "declaration": {
            "text": declared,
            "name": by.user.name if by.user else "",
            # Who was let in to submit declares for the party that let them in.
            "organisation": str(application.organisation_of(by, on=timezone.localdate(at)) or ""),
            "on": timezone.localdate(at),
        },
    }
    return sections.canonical(sent)


def hash_of(text: str) -> str:
    """SHA-256 of the text in UTF-8: what `sha256sum` says of the file."""
    return hashlib.sha256(text.encode()).hexdigest()


def latest(application: Application) -> Submission | None:
    """What was sent last; None for drafts, and for cases from before the portal kept it."""
    return application.submissions.select_related("event").last()


def content_of(submission: Submission) -> Values:
    """What was sent, as plain values."""
    content: Values = json.loads(submission.content)
    return content


def parts_of(content: Values) -> list[dict[str, Any]]:
    """The sections that were sent, as people read them; one that the portal no longer has is not shown."""
    return [
        {
            "section": name,
            "name": sections.NAMES[name],
            "answer": readable(name, content["sections"][name], content["rule_set"]),
            "template": f"applications/answers/{name}.html",
        }
        for name in sections.OF_APPLICATION
        if name in content["sections"]
    ]


def parts_now(application: Application) -> list[dict[str, Any]]:
    """The same of the case as it stands."""
    values = {name: sections.values(application, name) for name in sections.OF_APPLICATION}
    return parts_of({"sections": values, "rule_set": application.rule_set})
