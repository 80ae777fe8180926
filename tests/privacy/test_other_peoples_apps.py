"""The switch "Other people's apps may show my sessions and recordings", through the real doors.

Until apps are registered, everything that isn't a page of ours or a client of ours is one.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.connections import services
from accounts.models import User
from tests.accounts.app import App
from tests.cast import OWN_CLIENT, OWN_PAGE, PASSWORD, Cast, app_of, person, recorded, signed_in

pytestmark = [pytest.mark.clause("apps-and-search"), pytest.mark.promise("JK-13")]


def keep_out(user: User) -> None:
    services.switch(user, approves_followers=True, api_access=False, indexed=True)


def test_an_app_that_signs_in_gets_nothing_of_who_keeps_apps_out(
    live_server: Any, settings: Any
) -> None:
    """Over HTTP, with the app's own sign-in, on the list, the thing, its sound and its waveform."""
    settings.OWN_CLIENT_IDS = [OWN_CLIENT]
    owner, member = person("owner"), person("member")
    mine = recorded(owner, [owner], audience="public")
    apps = {"another's": App(live_server.url), "ours": App(live_server.url)}
    ids: dict[str, dict[str, str]] = {"another's": {}, "ours": {"X_Client_Id": OWN_CLIENT}}
    path = f"/api/v1/recordings/{mine.public_id}/"

    def seen(name: str) -> list[int]:
        app = apps[name]
        token = {"X_Session_Token": app.session_token, **ids[name]}
        listed = app.ask("GET", "/api/v1/recordings/", **token).json["results"]
        paths = (path, f"/recordings/{mine.public_id}/peaks/", "/api/v1/people/owner/")
        return [len(listed), *(app.ask("GET", one, **token).status for one in paths)]

    for app in apps.values():
        app.sign_in(member.username, PASSWORD)
    assert {name: seen(name) for name in apps} == {name: [1, 200, 200, 200] for name in apps}
    keep_out(owner)
    assert {name: seen(name) for name in apps} == {
        "another's": [0, 404, 404, 200], "ours": [1, 200, 200, 200],
    }  # fmt: skip


def asking(cast: Cast) -> dict[str, Client]:
    """Return who asks: pages of ours, our own client, and whatever else there may be."""
    return {
        "our page": Client(headers=OWN_PAGE),
        "our page, signed in": signed_in(cast["stranger"]),
        "our page, older browser": Client(headers={"Referer": "http://testserver/recordings/"}),
        "our client": Client(headers={"X-Client-Id": OWN_CLIENT}),
        "our client, signed in": app_of(cast["stranger"], ours=True),
        "nobody's app": Client(),
        "an app, signed in": app_of(cast["stranger"]),
        "an app with a cookie": _without_page(signed_in(cast["stranger"])),
        "an app that makes up an id": Client(headers={"X-Client-Id": "x" * 40}),
        "a page of another site": Client(headers={"Sec-Fetch-Site": "cross-site"}),
        "another port": Client(headers={"Origin": "http://testserver:8001"}),
        "typed into a browser": Client(headers={"Sec-Fetch-Site": "none"}),
    }


def _without_page(client: Client) -> Client:
    bare = Client()
    bare.cookies = client.cookies
    return bare


def test_who_counts_as_somebody_elses_app(cast: Cast, own_client: str) -> None:
    keep_out(cast["owner"])
    take, jam = cast.recordings["public"], cast.sessions["public"]
    paths = [
        f"/api/v1/recordings/{take.public_id}/", f"/api/v1/sessions/{jam.public_id}/",
        f"/recordings/{take.public_id}/peaks/", f"/recordings/{take.public_id}/audio/",
    ]  # fmt: skip
    found = {
        name: {client.get(path).status_code for path in paths}
        for name, client in asking(cast).items()
    }
    ours = {name for name in found if name.startswith("our")}
    assert found == {name: {200 if name in ours else 404} for name in found}
    lists = {
        name: [row["owner"] for row in client.get("/api/v1/recordings/").json()["results"]]
        for name, client in asking(cast).items()
    }
    assert lists == {name: ["owner"] if name in ours else [] for name in lists}
    # Pages are for whoever opens them, and the profile stays readable to everybody.
    for name in ("typed into a browser", "a page of another site", "our page"):
        assert asking(cast)[name].get(take.get_absolute_url()).status_code == 200
    assert {one.get("/api/v1/people/owner/").status_code for one in asking(cast).values()} == {200}


def test_addresses_of_sound_end_when_apps_are_kept_out(cast: Cast, own_client: str) -> None:
    """Those that an app was given; a page's own go on."""
    path = f"/api/v1/recordings/{cast.recordings['public'].public_id}/"
    who = asking(cast)
    urls = {name: client.get(path).json()["audio_url"] for name, client in who.items()}
    assert {who[name].get(url).status_code for name, url in urls.items()} == {200}
    keep_out(cast["owner"])
    found = {name: who[name].get(url).status_code for name, url in urls.items()}
    assert found == {name: 200 if name.startswith("our") else 404 for name in urls}


def test_link_previews_of_other_sites_are_apps_too(cast: Cast) -> None:
    url = f"http://testserver{cast.recordings['public'].get_absolute_url()}"
    ask = {"url": url}
    assert Client().get(reverse("oembed"), ask).status_code == 200
    keep_out(cast["owner"])
    assert Client().get(reverse("oembed"), ask).status_code == 404
    profile = {"url": "http://testserver/@owner/"}
    assert Client().get(reverse("oembed"), profile).status_code == 200


def test_who_keeps_apps_out_isnt_written_for_by_one(cast: Cast, own_client: str) -> None:
    keep_out(cast["owner"])
    another, ours = app_of(cast["owner"]), app_of(cast["owner"], ours=True)
    sent: dict[str, Any] = {"path": "/api/v1/sessions/", "data": {"title": "Porch"},
                            "content_type": "application/json"}  # fmt: skip
    refused = another.post(**sent)
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        403, "application/problem+json",
    )  # fmt: skip
    assert refused.json()["detail"] == (
        "This account keeps other people's apps out. It can be changed on the website."
    )
    assert another.post(reverse("open_to_jam"), {"hours": "2"}).status_code == 403
    assert another.get("/api/v1/me/").json()["username"] == "owner"
    assert another.get(f"/api/v1/sessions/{cast.sessions['public'].public_id}/").status_code == 404
    assert ours.post(**sent).status_code == 201


def test_a_room_of_who_keeps_apps_out_has_no_socket_for_one(
    cast: Cast, own_client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.privacy.test_signed_in import heads, opened

    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    room = f"/ws/jam/{cast.sessions['public'].public_id}/"
    apps = {ours: heads(app_of(cast["participant"], ours=ours)) for ours in (True, False)}
    assert {ours: opened(room, one) for ours, one in apps.items()} == {True: 0, False: 0}
    keep_out(cast["owner"])
    assert {ours: opened(room, one) for ours, one in apps.items()} == {True: 0, False: 4404}
