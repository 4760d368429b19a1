"""A session lasts an hour from the last page, and is not written with every page."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:profile")


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory.create())
    return client


def test_a_session_ends_an_hour_after_the_last_page_not_after_the_sign_in(
    client: Client, time_machine: time_machine.TimeMachineFixture
) -> None:
    began = timezone.now()
    for minutes in (50, 100, 150):
        time_machine.move_to(began + datetime.timedelta(minutes=minutes))
        assert client.get(PAGE).status_code == 200

    time_machine.move_to(began + datetime.timedelta(minutes=150 + 61))
    assert client.get(PAGE).status_code == 302


def test_a_session_is_written_once_a_minute(client: Client, time_machine: time_machine.TimeMachineFixture) -> None:
    began = timezone.now()
    written = []
    for seconds in (1, 59, 60, 61, 119, 120):
        time_machine.move_to(began + datetime.timedelta(seconds=seconds))
        written.append("sessionid" in client.get(PAGE).cookies)

    assert written == [False, False, True, False, False, True]
