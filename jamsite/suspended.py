"""What a suspended account may open: why it is, its data, its rights, the way out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.identity.services import suspensions
from foundation.addresses import absolute
from foundation.problems import problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
OPEN = frozenset(
    "suspended exports export_download export_schema held held_kind privacy_home consent requests"
    " request write_request request_report public_requests request_link access_log disclosures"
    " notices leave leave_cancel leave_by_mail leave_confirm leaving_state leaving_receipt policy"
    " policy_json policy_versions policy_version policy_changes policy_announcement terms"
    " terms_json terms_versions terms_version terms_changes cookies gpc robots account_login"
    " account_logout"
    " account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn confirm_by_mail"
    " confirm_by_link account_change_password unsubscribe safety_link crash"
    " wards ward ward_held ward_copy order_ward_copy rename_ward withdraw_ward"
    " withdraw_ward_profile delete_ward keep_ward invite_guardian stop_answering".split()
)


class SuspendedMiddleware:
    """Whoever is suspended reads why, takes their data, objects or leaves; new pages are closed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        user = request.user
        if match is None or match.url_name in OPEN or not user.is_authenticated:
            return None
        if user.state != user.State.SUSPENDED:
            return None
        if suspensions.current(user) is None:
            return None  # its time was over a moment ago
        if request.path.startswith("/api/"):
            where = absolute(reverse("suspended"))
            return problem_response(request, 403, f"This account is suspended. See {where}")
        return redirect("suspended")
