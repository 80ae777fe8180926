from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Holds no tables; installed for its template tags."""

    name = "foundation"
