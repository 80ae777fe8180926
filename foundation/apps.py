from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FoundationConfig(AppConfig):
    """Holds no tables; installed for its template tags."""

    name = "foundation"

    def ready(self) -> None:
        from foundation import text  # noqa: PLC0415  (forms, which need every app loaded)

        text.hold_fields_to_it()
        autodiscover_modules("settings_pages")
