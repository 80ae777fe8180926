"""Staff roles: what each may open and do in the admin, written down once.

Every `migrate` makes the groups of the database equal to this table, so a role holds what is
written here and nothing that somebody added by hand. A superuser is for emergencies, not a role.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model

SUPPORT = "Support"
MODERATOR = "Moderator"
PRIVACY_OFFICER = "Privacy officer"
PARTNER_MANAGER = "Partner manager"
ADMINISTRATOR = "Administrator"

# role → models that it may look at, as app.model
LOOKS_AT: dict[str, tuple[str, ...]] = {
    SUPPORT: (
        "accounts.user",
        "account.emailaddress",
        "usersessions.usersession",
        "mfa.authenticator",
        "privacy.export",
        "privacy.erasure",
        "privacy.request",
        "privacy.leavelink",
    ),
    MODERATOR: (
        "accounts.user",
        "accounts.profile",
        "accounts.suspension",
        "bands.band",
        "bands.bandmember",
        "sessions_app.jamsession",
        "sessions_app.recording",
        "sessions_app.participant",
        "sessions_app.chatline",
        "sessions_app.sheet",
        "sessions_app.sheetline",
    ),
    PRIVACY_OFFICER: (
        "accounts.user",
        "accounts.profile",
        "account.emailaddress",
        "socialaccount.socialaccount",
        "usersessions.usersession",
        "mfa.authenticator",
        "sessions_app.recordingconsent",
        "schools.enrolment",
        "schools.guardianship",
        "schools.parentalconsent",
        "schools.consentwithdrawal",
        "accounts.suspension",
        "privacy.*",
        "admin.logentry",
    ),
    PARTNER_MANAGER: (  # that a consent exists, and how it was given; nothing that a child does
        "schools.partner",
        "schools.partnerstaff",
        "schools.schoolclass",
        "schools.guardianship",
        "schools.enrolment",
        "schools.parentalconsent",
        "schools.consentwithdrawal",
    ),
    ADMINISTRATOR: (
        "accounts.user",
        "accounts.suspension",
        "auth.group",
        "auth.permission",
        "contenttypes.contenttype",
        "sessions_app.mix",
        "sessions.session",
        "admin.logentry",
    ),
}
# role → further permissions, as app.codename
DOES: dict[str, tuple[str, ...]] = {
    SUPPORT: ("privacy.add_request", "privacy.answer_enquiry", "privacy.record_leave_request"),
    MODERATOR: ("accounts.suspend_user", "accounts.answer_appeal"),
    PRIVACY_OFFICER: (
        "privacy.add_request",
        "privacy.answer_enquiry",
        "privacy.answer_request",
        "privacy.add_legaldisclosure",
        "privacy.add_legalhold",
        "privacy.change_legalhold",
        "privacy.accept_traces",
        "privacy.confirm_deletion",
        "privacy.publish_policy",
        "privacy.record_leave_request",
    ),
    PARTNER_MANAGER: (
        "schools.verify_partner",
        "schools.staff_partner",
        "schools.end_guardianship",
    ),
    ADMINISTRATOR: ("accounts.give_rights", "accounts.answer_appeal"),
}


def permissions_of(role: str, labels: dict[str, list[str]]) -> set[str]:
    """Return a role's permissions as app.codename; `labels` are the models of each app."""
    codenames = set(DOES[role])
    for label in LOOKS_AT[role]:
        app, name = label.split(".")
        for model in labels.get(app, []) if name == "*" else [name]:
            codenames.add(f"{app}.view_{model}")
    return codenames


def write_roles(**_: Any) -> None:
    """Make each role's group hold exactly its permissions; runs after every `migrate`.

    Raises LookupError for a permission that doesn't exist: a role would silently lack it.
    """
    # Roles are read by code that is loaded before models may be.
    from django.contrib.auth.management import create_permissions  # noqa: PLC0415
    from django.contrib.auth.models import Group, Permission  # noqa: PLC0415

    labels: dict[str, list[str]] = {}
    for model in apps.get_models():
        labels.setdefault(model._meta.app_label, []).append(str(model._meta.model_name))
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)  # those of apps that come after us in the list
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission.pk
        for permission in Permission.objects.select_related("content_type")
    }
    for role in LOOKS_AT:
        wanted = permissions_of(role, labels)
        if missing := wanted - set(known):
            raise LookupError(f"{role} names permissions that don't exist: {sorted(missing)}")
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in wanted])
    Group.objects.exclude(name__in=LOOKS_AT).delete()  # nobody made by hand holds any right
    get_user_model().user_permissions.through.objects.all().delete()
