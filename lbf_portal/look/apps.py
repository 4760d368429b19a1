from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "lbf_portal.look"
