"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = _("Indsatser")

    def ready(self) -> None:
        """Listen to the signals of lower apps, and answer what they ask."""
        from monitoring import ledger_checks, receivers  # noqa: F401, PLC0415 - importing connects; models are ready only now
