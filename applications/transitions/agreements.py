"""The agreement made from the plan, and its signatures."""

from __future__ import annotations

import datetime

from accounts.actors import Actor
from applications import attachments, facts, notifications, permissions, sections, states
from applications.models import Agreement, Application, Signature
from applications.rules import agreement, documents, rent_support, transfer
from applications.transitions.common import back_to_plan, day_of, locked, person_of
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def check_plan(application: Application, *, on: datetime.date) -> list[Violation]:
    """What stands between the plan and its first signature (C12 without signatures), and advice."""
    return [
        *agreement.check_content(facts.of_agreement(application, on=on)),
        *rent_support.check(facts.of_rent_support(application)),
        *_check_documents(application),
    ]


def _check_documents(application: Application) -> list[Violation]:
    """Files that came while the parties signed count, too (C10)."""
    return documents.check(facts.of_documents(application, attachments.current(application)))


def send_for_signature(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Make the agreement from the plan and send it to the parties; its text never changes from here (R80, R85)."""
    with moving(application, states.SEND_FOR_SIGNATURE, by=by, at=at) as move:
        move.require(check_plan(application, on=day_of(at)))
        content = sections.agreement_content(application)
        version = Agreement.objects.create(
            application=application,
            number=application.agreements.count() + 1,
            content=content,
            content_hash=sections.sha256(content),
            made_by=person_of(by),
            made_at=at,
        )
        move.tell(version=version.number, content_hash=version.content_hash)
        notifications.agreement_ready(application)


def recall_agreement(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Take the agreement back to the plan; signatures under this version no longer count."""
    with moving(application, states.RECALL_AGREEMENT, by=by, at=at, reason=reason):
        back_to_plan(application, by=by, at=at)
        notifications.agreement_recalled(application)


def sign(application: Application, *, content_hash: str, title: str, by: Actor, at: datetime.datetime) -> None:
    """Sign the standing version for the organisation acted for (R85); the last signature submits the plan (R74).

    `content_hash` is of the text the signatory had on the screen: another text is not signed.
    """
    with locked(application, "sign", by=by, at=at):
        person, version = person_of(by), application.agreements.standing().first()
        signed_for = {signature.organisation_id for signature in version.signatures.all()} if version else set()
        organisation = application.party_for(by, signed=signed_for)
        if version is None or application.state != states.State.LOCAL_APPROVAL or organisation is None:
            text = gettext_noop("Aftalen er ikke til underskrift nu.")
            raise IllegalMove([Violation("not_for_signature", text, "")])
        if version.content_hash != content_hash:
            text = gettext_noop("Aftalen er ændret, siden du åbnede den. Læs den nye udgave, før du underskriver.")
            raise IllegalMove([Violation("other_version", text, "")])
        if organisation.pk in signed_for:
            text = gettext_noop("Aftalen er allerede underskrevet for %(organisation)s.")
            raise IllegalMove([Violation("already_signed", text, "", params={"organisation": organisation.name})])
        if other_rules := transfer.check_agreement(application.rule_set, version.content["rule_set"]):
            raise RuleBroken(other_rules)
        role = min(permissions.ACTS["sign"] & permissions.roles_in(by, application, on=day_of(at)))
        Signature.objects.create(
            agreement=version,
            organisation=organisation,
            user=person,
            role=role,
            name=person.name,
            title=title.strip(),
            content_hash=content_hash,
            signed_at=at,
        )
        application.record(
            "application:signed",
            by=by,
            at=at,
            roles=frozenset({role}),
            data={"version": version.number, "content_hash": content_hash},
        )
        signed = facts.of_agreement(application, on=day_of(at))
        if not agreement.still_to_sign(signed):
            _submit_plan(application, signed, by=by, at=at)


def _submit_plan(application: Application, signed: agreement.Facts, *, by: Actor, at: datetime.datetime) -> None:
    with moving(application, states.SUBMIT_PLAN, by=by, at=at) as move:
        move.require(agreement.check(signed), _check_documents(application))
        notifications.plan_submitted(application)
