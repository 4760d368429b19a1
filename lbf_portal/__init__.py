"""Wiring of the portal: settings, URLs, Celery. It may import every app; no app imports it (except `lib`)."""

from lbf_portal.celery import app as celery_app

__all__ = ["celery_app"]
