from django.apps import AppConfig


class JamsiteConfig(AppConfig):
    name = "jamsite"
