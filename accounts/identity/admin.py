"""Accounts, for staff. Passwords and credentials are never shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Dormancy, FormerAddress, FormerName, User
from accounts.identity.suspension_admin import SUSPEND
from foundation.admin import ReadOnlyAdmin
from privacy import consent
from privacy.notices import newsletter
from privacy.staff_access.staff_actions import WithDeeds


@admin.register(User)
class UserAdmin(WithDeeds, ReadOnlyAdmin):
    """A person: to look at with a reason. What is done to one is a deed with words of its own."""

    list_display = ["username", "state", "is_staff", "date_joined"]
    list_filter = ["state", "is_staff"]
    search_fields = ["username", "=email", "=public_id"]
    fields = ["public_id", "username", "email", "date_joined", "last_login", "state", "is_active",
              "is_staff", "is_superuser", "groups"]  # fmt: skip
    actions = ["end_news"]
    deeds = [SUSPEND]

    @admin.action(description=_("Asked for in writing: end news by e-mail"), permissions=["news"])
    def end_news(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            consent.withdraw(person, newsletter.KEY, channel=consent.Channel.DESK)

    def has_news_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.add_request")


@admin.register(Dormancy)
class DormancyAdmin(ReadOnlyAdmin):
    list_display = ["user", "warned_at", "warned_again_at", "leaves_at"]


@admin.register(FormerName)
class FormerNameAdmin(ReadOnlyAdmin):
    list_display = ["user", "made_at"]


@admin.register(FormerAddress)
class FormerAddressAdmin(ReadOnlyAdmin):
    list_display = ["user", "made_at"]
    exclude = ["sealed"]
