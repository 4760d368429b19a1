"""App configuration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from accounts.sessions import renew


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Brugere og organisationer")

    def ready(self) -> None:
        """A session counts from its sign-in."""
        user_logged_in.connect(renew)
