"""The request of somebody who is signed in, for views behind `login_required`."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.identity.models import User


class MemberRequest(HttpRequest):
    """A request whose user is a person with an account."""

    user: User
    htmx: HtmxDetails
