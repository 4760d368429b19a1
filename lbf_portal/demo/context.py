"""What the sign-in page shows in the demo, and nowhere else: this processor stands in the demo's settings only."""

from typing import Any

from django.http import HttpRequest

from lbf_portal.demo.people import PEOPLE


def people(_request: HttpRequest) -> dict[str, Any]:
    """`demo_people`: everybody to sign in as."""
    return {"demo_people": PEOPLE}
