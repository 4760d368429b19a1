"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Ansøgninger")

    def ready(self) -> None:
        """Answer what lower apps ask."""
        from applications import ledger_checks, receivers, waiting  # noqa: F401, PLC0415 - importing connects; models are ready only now
