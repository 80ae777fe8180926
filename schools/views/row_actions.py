"""What the actions on one row have in common: an address of its own for each, for POST alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.identity.member_request import MemberRequest
from foundation import reauthentication
from foundation.limits import Limit

Row = TypeVar("Row")
Action = Callable[[MemberRequest, Row], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def row_action(
    page: str,
    find: Callable[[MemberRequest, str], Row],
    limit: Limit,
    *,
    fresh: bool = False,
) -> Callable[[Action[Row]], View]:
    """Make a view out of a function that does one thing to a row: `act(request, row)`.

    `find` returns the row of a public id, or raises Http404 for who may not do anything to it.
    `page` names the route that shows the row: there people come back to who have to sign in or,
    with `fresh`, to show once more who they are. An address that takes POST alone opens nothing.
    """

    def decorator(act: Action[Row]) -> View:
        @require_POST
        @wraps(act)
        def view(request: Any, public_id: str) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse(page, args=[public_id]))
            row = find(request, public_id)
            limit.spend(request.user.pk)
            if fresh and not reauthentication.is_fresh(request):
                return reauthentication.ask(request, page, public_id)
            return act(request, row)

        return view

    return decorator
