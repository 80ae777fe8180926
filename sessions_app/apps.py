from django.apps import AppConfig


class SessionsConfig(AppConfig):
    # Django's own web sessions have the label "sessions".
    name = "sessions_app"
    verbose_name = "Jam sessions"
