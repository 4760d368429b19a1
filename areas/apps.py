"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AreasConfig(AppConfig):
    name = "areas"
    verbose_name = _("Boligområder")

    def ready(self) -> None:
        """Listen to the signals of lower apps."""
        from areas import receivers  # noqa: F401, PLC0415 - importing connects; models are ready only now
