"""A person's page for staff, with what changes rights: it knows the roles of the whole site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity.admin import UserAdmin
from accounts.models import User
from jamsite import rights
from privacy.staff_access.staff_actions import Deed, DeedForm


class RightsForm(DeedForm):
    """The roles that a person is to hold; only those that are this member of staff's to give."""

    wanted = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: no longer a member of staff."),
    )
    superuser = forms.BooleanField(
        label=_("Superuser"),
        required=False,
        help_text=_("May do everything. For emergencies, not for work."),
    )
    because = forms.CharField(
        label=_("Why"), min_length=8, max_length=200, help_text=_("The person reads it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["wanted"]
        roles.choices = [(name, name) for name in rights.givable(self.staff)]
        roles.initial = sorted(rights.roles_of(self.row))
        self.fields["superuser"].initial = self.row.is_superuser
        if not self.staff.is_superuser:
            del self.fields["superuser"]


def _give(person: User, staff: User, said: dict[str, Any]) -> None:
    rights.give(
        person,
        staff,
        wanted=said["wanted"],
        superuser=said.get("superuser", False),
        because=said["because"],
    )


def _below(request: HttpRequest, person: User) -> bool:
    return rights.stands_below(person, request.user)


admin.site.unregister(User)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    deeds = [
        *UserAdmin.deeds,
        Deed(
            "rights",
            _("Change rights as staff"),
            "accounts.give_rights",
            RightsForm,
            _give,
            refusals=(rights.Refused,),
            offered=_below,
        ),
    ]
