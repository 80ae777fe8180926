"""People, for staff. Passwords and credentials are never shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import partner_admin
from accounts.models import (
    AccountLock,
    Block,
    Connection,
    Dormancy,
    Findable,
    Follow,
    FormerAddress,
    FormerName,
    Guardianship,
    JammedWith,
    KnownDevice,
    Mute,
    NetworkFact,
    Plays,
    Profile,
    RealName,
    SafetyEvent,
    SafetyLink,
    User,
)
from accounts.services import guardianship
from accounts.suspension_admin import SUSPEND, WordsForm
from foundation.admin import ReadOnlyAdmin
from privacy import consent, news
from privacy.deeds import Deed, WithDeeds

__all__ = ["partner_admin"]  # its pages are registered with ours


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
            consent.withdraw(person, news.KEY, channel=consent.Channel.DESK)

    def has_news_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.add_request")


@admin.register(Profile)
class ProfileAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "user", "updated_at"]
    search_fields = ["user__username"]
    exclude = ["phone", "birthday", "gender"]  # no role needs them; a person's copy has them


@admin.register(Plays)
class PlaysAdmin(ReadOnlyAdmin):
    list_display = ["user", "instrument", "level"]


@admin.register(Findable)
class FindableAdmin(ReadOnlyAdmin):
    """That somebody wants to be found, and until when they are open to jam; not by which words."""

    list_display = ["user", "week", "open_until"]
    list_select_related = ["user"]
    exclude = ["public", "members", "followers", "jammed"]


@admin.register(RealName)
class RealNameAdmin(ReadOnlyAdmin):
    """That there is one, and nothing of it: a real name is for its person alone."""

    list_display = ["user"]
    fields = ["user"]


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "follower", "followee", "state", "created_at"]
    list_filter = ["state"]
    search_fields = ["follower__username", "followee__username"]


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "blocker", "blocked", "created_at"]
    search_fields = ["blocker__username", "blocked__username"]


@admin.register(Mute)
class MuteAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "muter", "muted", "created_at"]
    search_fields = ["muter__username", "muted__username"]


@admin.register(JammedWith)
class JammedWithAdmin(ReadOnlyAdmin):
    list_display = ["person", "partner", "since"]
    search_fields = ["person__username"]


@admin.register(Guardianship)
class GuardianshipAdmin(WithDeeds, ReadOnlyAdmin):
    list_display = ["guardian", "child", "since", "ended", "ended_by"]
    search_fields = ["guardian__username", "child__username"]
    deeds = [
        Deed(
            "end",
            _("End it"),
            "accounts.end_guardianship",
            WordsForm,
            lambda row, staff, said: guardianship.end(
                row, by="staff", person=staff, because=said["text"]
            ),
            offered=lambda request, row: row.ended is None,
        )
    ]


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


@admin.register(KnownDevice)
class KnownDeviceAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "last_used_at"]
    exclude = ["secret_hash"]


@admin.register(SafetyEvent)
class SafetyEventAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["user__username"]


@admin.register(SafetyLink)
class SafetyLinkAdmin(ReadOnlyAdmin):
    list_display = ["does", "created_at", "expires_at", "used_at"]
    exclude = ["secret_hash", "address", "kept"]


@admin.register(AccountLock)
class AccountLockAdmin(ReadOnlyAdmin):
    list_display = ["user", "locked_at", "ended_at"]
    search_fields = ["user__username"]
    exclude = ["address"]


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """That somebody connected a network; neither its permission nor what was kept from it."""

    list_display = ["public_id", "user"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    exclude = ["grant"]


@admin.register(NetworkFact)
class NetworkFactAdmin(ReadOnlyAdmin):
    """That somebody kept something from a network, and since when; not what it says."""

    list_display = ["public_id", "user", "kept_at"]
    list_select_related = ["user"]
    exclude = ["name", "value"]
