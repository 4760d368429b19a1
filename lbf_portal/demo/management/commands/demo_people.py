"""Who can be signed in as in the demo."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.shortcuts import resolve_url

from lbf_portal.demo.people import PEOPLE


class Command(BaseCommand):
    help = "List the demo's people: address, role and first page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help='print [{"email", "label", "start"}]')

    def handle(self, *_args: Any, **options: Any) -> None:
        start = resolve_url(settings.LOGIN_REDIRECT_URL)
        people = [{"email": person.email, "label": str(person.label), "start": start} for person in PEOPLE]
        if options["json"]:
            self.stdout.write(json.dumps(people, ensure_ascii=False))
            return
        width = max(len(person["email"]) for person in people)
        for person in people:
            self.stdout.write(f"{person['email']:<{width}}  {person['label']}")
