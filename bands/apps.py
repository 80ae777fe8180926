from django.apps import AppConfig


class BandsConfig(AppConfig):
    name = "bands"
