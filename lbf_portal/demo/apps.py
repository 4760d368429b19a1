"""App configuration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lbf_portal.demo"
    label = "demo"
