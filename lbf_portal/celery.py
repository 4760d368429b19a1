"""The Celery application; tasks are `shared_task`s of the apps, so no app imports this module."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbf_portal.settings.production")

app = Celery("lbf_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(related_name="clock")
