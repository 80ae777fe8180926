"""With what of the child's the walk asks an address, by the name of the route."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Follow, Mute
from privacy.datamap import own_data
from privacy.sharing import links, media
from sessions_app.services import sessions
from tests.privacy.kid import TELLTALE

Args = Callable[[Any, str], list[list[Any]]]


def each(*values: Callable[[Any], list[Any]]) -> Args:
    """Take every value as the only parameter."""
    return lambda walk, role: [[one] for make in values for one in make(walk)]


def ids(*values: Callable[[Any], list[Any]]) -> Args:
    """The same, for things whose public id is the parameter."""
    return lambda walk, role: [[one.public_id] for make in values for one in make(walk)]


def tied(name: str) -> Callable[[Any], list[Any]]:
    return lambda walk: [one[name] for one in walk.kid.ties.values()]


def names(walk: Any) -> list[str]:
    """The child, and people whose pages could tell of it."""
    return [walk.kid.user.username, walk.kid.friend.username, "ben", "tilda"]


def rooms(walk: Any) -> list[Any]:
    return [walk.kid.session, walk.kid.lesson, walk.kid.ties["friend"]["room"]]


def plans(walk: Any) -> list[Any]:
    return [walk.kid.plan, walk.kid.ties["friend"]["plan"]]


def room(walk: Any) -> list[Any]:
    return [walk.kid.session]


def takes(walk: Any) -> list[Any]:
    return [walk.kid.take, walk.kid.lesson_take, walk.kid.ties["friend"]["take"]]


def take(walk: Any) -> list[Any]:
    return [walk.kid.take]


def bands(*kinds: str) -> Args:
    """The band of a friend in which the child sits, or one in which it sits alone."""
    return lambda walk, role: [[walk.kid.ties["friend"][kind].slug] for kind in kinds]


def sounds(walk: Any, role: str) -> list[list[Any]]:
    """Addresses of sound and pictures, made for whoever asks, and one made for the teacher."""
    kid, profile = walk.kid, walk.kid.user.profile
    parts = [
        (kid.mixes[0], "opus"),
        (kid.stems[0], "flac"),
        (profile, "photo"),
        *((mix, "opus") for mix in kid.mixes[1:3]),
        *((stem, "flac") for stem in kid.stems[1:3]),
        (kid.mixes[0], "flac"),
        (profile, "photo_small"),
    ]
    urls = [media.url_for(thing, part, walk.viewer(role)) for thing, part in parts]
    urls.insert(3, media.url_for(kid.mixes[0], "opus", walk.viewer("teacher")))
    return [[url.removeprefix("/media/")] for url in urls]


def kinds(walk: Any, role: str) -> list[list[Any]]:
    """Every kind of what is held, for who has most of it; what names others, for all."""
    if role == "friend":
        return [[own_data.slug_of(item)] for item in own_data.shown_declarations()]
    return [["accounts-follow"], ["schools-guardianship"], ["schools-partnerstaff"]]


def secrets(walk: Any) -> list[str]:
    """What one could try who doesn't know the secret."""
    return [walk.kid.user.public_id]


def _two(walk: Any) -> list[Any]:
    return [walk.kid.user, walk.kid.friend]


# Parameters by the name of the route, or by its path when it has none.
ARGUMENTS: dict[str, Args] = {
    **dict.fromkeys(
        ("profile", "favourites_of", "api_person"),
        each(names),
    ),
    **dict.fromkeys(
        ("follow", "mute", "block"), each(lambda walk: [walk.kid.user.username])
    ),
    **dict.fromkeys(
        ("recording", "recording_audio", "recording_peaks", "recording_track", "recording_who",
         "api_recording"),
        ids(takes),
    ),
    **dict.fromkeys(
        ("recording_audience", "recording_off_band", "make_recording_link", "mix_again",
         "rename_recording", "withdraw_stem", "delete_recording", "share_stem",
         "favourite"),
        ids(take),
    ),
    **dict.fromkeys(
        ("jam", "room", "jam_chat", "api_session_chat", "jam_songs", "join_jam", "jam_who",
         "wait_at_jam", "api_session", "listen", "listen_live", "listen_media",
         "listen_beginning", "react", "stream_parts"),
        ids(rooms, plans),
    ),
    **dict.fromkeys(
        ("edit_jam", "cancel_jam", "open_jam", "answer_jam", "jam_calendar", "api_session_answers",
         "api_session_answer", "api_session_cancel", "api_session_open"),
        ids(plans),
    ),
    **dict.fromkeys(
        ("decide_rsvp", "api_session_decision"),
        lambda walk, role: [[one.session.public_id, one.public_id] for one in walk.kid.rsvps],
    ),
    **dict.fromkeys(
        ("listen_part", "listen_segment", "stream_part"),
        lambda walk, role: [[one.public_id, 1, 0] for one in rooms(walk)],
    ),
    "calendar_feed": each(secrets),
    "jam_song": lambda walk, role: [
        [one.session.public_id, one.public_id] for one in walk.kid.user.sheets_added.all()
    ],
    **dict.fromkeys(
        ("delete_chat_line", "chat_file"),
        lambda walk, role: [
            [one.session.public_id, one.public_id] for one in walk.kid.user.chat_lines.all()
        ],
    ),
    **dict.fromkeys(
        ("jam_audience", "jam_off_band", "make_jam_link", "close_jam", "delete_jam", "make_invite",
         "keep_jam", "jam_person", "jam_door", "answer_jam_offer"),
        ids(room),
    ),
    **dict.fromkeys(
        ("stem_peaks", "api_stem", "api_complete"), ids(lambda walk: walk.kid.stems[:2])
    ),
    "api_chunk": lambda walk, role: [[one.public_id, 0] for one in walk.kid.stems[:2]],
    "revoke_invite": lambda walk, role: [
        [walk.kid.session.public_id, walk.kid.invite.public_id]
    ],
    "invite": each(lambda walk: [sessions.token_of(walk.kid.invite)]),
    "shared": each(lambda walk: [links.key_of(one) for one in walk.kid.links]),
    "revoke_link": ids(lambda walk: walk.kid.links),
    "media": sounds,
    **dict.fromkeys(
        ("conversation", "delete_message"), ids(lambda walk: [walk.kid.talk], tied("talk"))
    ),
    "unblock": ids(lambda walk: list(Block.objects.all())),
    "unmute": ids(lambda walk: list(Mute.objects.filter(muter__in=_two(walk)))),
    "change_follow": ids(lambda walk: list(Follow.objects.filter(follower__in=_two(walk)))),
    "band_invite": ids(tied("asked")),
    "change_band_follow": ids(tied("follows")),
    **dict.fromkeys(("band", "band_members", "api_band"), bands("band", "theirs")),
    **dict.fromkeys(
        ("edit_band", "end_band", "band_place", "band_room", "leave_band", "follow_band"),
        bands("theirs"),
    ),
    "band_member": lambda walk, role: [
        [one.band.slug, one.public_id] for one in tied("seat")(walk)[:1]
    ],
    "request": ids(lambda walk: [walk.kid.request]),
    "write_request": ids(lambda walk: [walk.kid.request]),
    "request_report": ids(lambda walk: [walk.kid.request]),
    "export_download": ids(lambda walk: [walk.kid.copy]),
    "school": each(lambda walk: [walk.kid.cast.school.partner.slug]),
    "school_class": ids(lambda walk: [walk.kid.cast.school.first, walk.kid.cast.school.second]),
    **dict.fromkeys(
        ("school_child", "create_child_account", "renew_child_password", "add_child_consent",
         "change_child_parent", "move_child", "end_guardianship", "withdraw_child_consent"),
        ids(lambda walk: [walk.kid.place]),
    ),
    **dict.fromkeys(
        ("ward", "order_ward_copy", "rename_ward", "withdraw_ward", "withdraw_ward_profile",
         "delete_ward", "keep_ward", "invite_guardian", "stop_answering"),
        ids(lambda walk: [walk.kid.user]),
    ),
    "ward_held": lambda walk, role: [
        [walk.kid.user.public_id, slug]
        for slug in ("accounts-user", "accounts-profile", "sessions-app-recording")
    ],
    "ward_copy": lambda walk, role: [[walk.kid.user.public_id, walk.kid.copy.public_id]],
    # Whoever holds the letter has the parent's right; others have an address that is not the
    # one the letter went to.
    **dict.fromkeys(
        ("parent_link", "withdraw_by_link", "delete_by_link", "connect_by_link", "guardian_link"),
        each(lambda walk: [walk.forged]),
    ),
    "held_kind": kinds,
    "held_remove": kinds,
    "sitemap_day": lambda walk, role: [
        [kind, timezone.localdate().isoformat()]
        for kind in ("people", "sessions", "recordings", "bands")
    ],
    "policy_version": lambda walk, role: [[1]],
    "policy_changes": lambda walk, role: [[1]],
    "terms_version": lambda walk, role: [[1]],
    "terms_changes": lambda walk, role: [[1]],
    "forget_fact": ids(lambda walk: list(walk.kid.user.network_facts.all())),
    "take_away_network": ids(lambda walk: list(walk.kid.user.connections.all())),
    **dict.fromkeys(
        ("policy_announcement", "request_link", "order_callback", "leave_confirm",
         "leaving_state", "unsubscribe", "confirm_news", "safety_link", "confirm_by_link",
         "facebook_deleted",
         "connect_network", "account_confirm_email", "openid_connect_login",
         "openid_connect_callback", "account/oidc/<str:provider_id>/login/",
         "account/oidc/<str:provider_id>/login/callback/"),
        each(secrets),
    ),
    "leaving_receipt": lambda walk, role: [[one, "erasure"] for one in secrets(walk)],
    "account_reset_password_from_key": lambda walk, role: [["1", one] for one in secrets(walk)],
    "mfa_remove_webauthn": lambda walk, role: [[1]],
    "mfa_edit_webauthn": lambda walk, role: [[1]],
}  # fmt: skip

# What else a page may be asked with, by the name of the route.
QUERIES: dict[str, Callable[[Any], list[dict[str, str]]]] = {
    **dict.fromkeys(
        ("find", "api_people"),
        lambda walk: [{"q": TELLTALE}, {"instrument": "harp"},
                      {"open": "on", "language": "tr", "country": "DE"}],
    ),
    "recordings": lambda walk: [{"mine": "1"}],
    "planned_jams": lambda walk: [{"mine": "1"}],
    "find_jams": lambda walk: [{"when": "week"}, {"known": "on"}, {"part": "list"}],
    "api_sessions": lambda walk: [{"planned": "1"}, {"planned": "1", "mine": "1"}],
    "create_jam": lambda walk: [{"like": walk.kid.plan.public_id}],
    "api_recordings": lambda walk: [{"mine": "1"}],
    "towns": lambda walk: [{"q": TELLTALE, "country": "DE"}],
    "seen_who": lambda walk: [{"field": "bio"}, {"field": "photo"}],
    "conversations": lambda walk: [{"to": walk.kid.user.username}],
    "oembed": lambda walk: [
        {"url": f"http://testserver{path}"}
        for path in (
            reverse("profile", args=[walk.kid.user.username]),
            *(one.get_absolute_url() for one in (*takes(walk)[:2], *room(walk))),
        )
    ],
    "profile": lambda walk: [{"as": f"@{walk.kid.user.username}"}, {"as": "follower"}],
}  # fmt: skip
# What is sent to forms that take a name, as a person would.
SENT: dict[str, Callable[[Any], dict[str, str]]] = {
    "conversations": lambda walk: {"username": walk.kid.user.username},
    "band_members": lambda walk: {"username": walk.kid.user.username},
    "jam_person": lambda walk: {"action": "remove", "person": walk.kid.user.public_id},
    "jam_door": lambda walk: {"action": "lock"},
    "change_username": lambda walk: {"username": walk.kid.user.username},
    "report_child": lambda walk: {"account": walk.kid.user.username, "text": "x", "address": ""},
    "account_login": lambda walk: {"login": walk.kid.user.username, "password": "x"},
    "account_reset_password": lambda walk: {"email": walk.kid.user.email},
    "leave_by_mail": lambda walk: {"email": walk.kid.user.email},
    "lock_by_mail": lambda walk: {"email": walk.kid.user.email},
}
