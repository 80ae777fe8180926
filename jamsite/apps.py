from django.apps import AppConfig
from django.apps import apps as django_apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class JamsiteConfig(AppConfig):
    default = True
    name = "jamsite"

    def ready(self) -> None:
        from jamsite.roles import write_roles  # noqa: PLC0415  (models, once all are loaded)

        # Sent for apps with tables alone, which this one is not; permissions are written there.
        post_migrate.connect(
            write_roles, sender=django_apps.get_app_config("auth"), dispatch_uid="jamsite.roles"
        )


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own site, which guards every page."""

    default = False
    default_site = "jamsite.staff.StaffSite"
