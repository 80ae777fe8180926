"""What a child's account may open."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from foundation import settings_map
from foundation.problems import problem_response
from schools.services import children

GetResponse = Callable[[HttpRequest], HttpResponseBase]
OPEN = frozenset(
    "home jams find_jams jam room join_jam create_jam close_jam delete_jam jam_audience jam_who"
    " invite"
    " planned_jams edit_jam cancel_jam open_jam answer_jam decide_rsvp jam_calendar"
    " wait_at_jam jam_door jam_person answer_jam_offer jam_chat chat_file delete_chat_line"
    " jam_songs jam_song"
    " recordings recording delete_recording"
    " recording_audio recording_peaks recording_track recording_audience recording_who stem_peaks"
    " rename_recording withdraw_stem mix_again favourite favourites profile favourites_of"
    " follow block unblock blocks mute mutes followers change_follow conversations"
    " conversation notices settings privacy_home held held_kind held_remove exports"
    " export_download export_schema requests request write_request request_report access_log"
    " disclosures lift_restriction terms terms_json terms_versions terms_version"
    " terms_changes policy policy_json policy_versions policy_version"
    " policy_changes policy_announcement cookies partners report_child robots media"
    " account_login account_logout account_reauthenticate security_settings account_change_password"
    " public_requests request_link shared oembed sitemap sitemap_day statistics gpc crash"
    " api_me api_session api_sessions api_recording api_recordings api_stem api_chunk"
    " api_session_answers api_session_answer api_session_decision api_session_cancel"
    " api_session_open api_session_chat"
    " api_complete api_storage storage api_instruments api_genres api_languages schema api_docs"
    # and of allauth's flows for apps
    " current_session refresh login authenticate login_webauthn authenticate_webauthn"
    " reauthenticate change_password config".split()
)


def is_open(user: Any, name: str | None) -> bool:
    """Return whether somebody may open a route: a child, what is named here."""
    if not user.is_authenticated or not user.is_child:
        return True
    return name in OPEN or _may_show_themselves(user, name)


def _may_show_themselves(user: User, name: str | None) -> bool:
    """A picture and words, where a parent agreed to them separately."""
    return name == "edit_profile" and children.may(user, children.Scope.PROFILE)


settings_map.open_when(is_open)


class ChildrenMiddleware:
    """A child uses what its lessons need; whatever isn't named here is closed, new pages too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or not user.is_child or match is None:
            return None
        if is_open(user, match.url_name):
            return None
        if request.path.startswith("/api/"):
            return problem_response(request, 403, "This isn't open to a child's account.")
        return render(request, "children/closed.html", status=403)
