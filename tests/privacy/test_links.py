"""Share links over HTTP: opened in one browser, counted, taken back, and nothing else with it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.connections import services
from privacy.gate.viewer import Viewer
from privacy.models import ShareLink
from privacy.sharing import links, media
from sessions_app.models import Mix
from sessions_app.services import publishing
from tests.cast import Cast

pytestmark = pytest.mark.clause("share-links")


def share(cast: Cast) -> str:
    """Have the owner choose "with the link", make a link on the page, and return its address."""
    owner, recording = cast.client("owner"), cast.recordings["participants"]
    publishing.change_audience(recording, "link")
    path = recording.get_absolute_url()
    assert (
        owner.post(reverse("make_recording_link", args=[recording.public_id]))["Location"] == path
    )
    (link,) = owner.get(path).context["share_links"]
    return str(link["url"]).removeprefix("http://testserver")


def listen(client: Client, cast: Cast) -> list[int]:
    """Return the answers of the page, of the API and of its sound."""
    path = cast.recordings["participants"].get_absolute_url()
    page = client.get(path)
    found = [page.status_code, client.get(f"/api/v1{path}").status_code]
    fresh: Any = client.get(f"{path}audio/")
    found.append(client.get(fresh.json()["src"]).status_code if fresh.status_code == 200 else 404)
    return found


def test_whoever_opens_it_sees_the_one_thing_without_an_account(cast: Cast) -> None:
    url = share(cast)
    friend, other = Client(), Client()
    assert listen(friend, cast) == [404, 404, 404]
    opened = friend.get(url)
    assert opened["Location"] == cast.recordings["participants"].get_absolute_url()
    assert (opened["X-Robots-Tag"], opened["Cache-Control"]) == ("noindex", "private, no-store")
    assert listen(friend, cast) == [200, 200, 200]
    assert listen(other, cast) == [404, 404, 404]
    assert friend.get(cast.recordings["me"].get_absolute_url()).status_code == 404
    assert "http-equiv" not in friend.get(opened["Location"]).content.decode()
    page = friend.get(opened["Location"])
    assert page["X-Robots-Tag"] == "noindex" and b"og:title" not in page.content


def test_taking_it_back_ends_it_everywhere_at_once(cast: Cast) -> None:
    url = share(cast)
    friend = Client()
    friend.get(url)
    mix = Mix.objects.get(recording=cast.recordings["participants"])
    sound = media.url_for(mix, "opus", Viewer())  # given out before
    assert friend.get(sound).status_code == 200
    link = ShareLink.objects.get()
    assert (
        cast.client("stranger").post(reverse("revoke_link", args=[link.public_id])).status_code
        == 404
    )
    back = {"next": "https://elsewhere.example/"}
    answer = cast.client("owner").post(reverse("revoke_link", args=[link.public_id]), back)
    assert answer["Location"] == reverse("sharing")
    assert listen(friend, cast) == [404, 404, 404]
    assert friend.get(sound).status_code == 404
    assert friend.get(url).status_code == 404


@pytest.mark.parametrize("audience", ["participants", "me", "followers"])
def test_another_audience_ends_it_too(cast: Cast, audience: str) -> None:
    url = share(cast)
    friend = Client()
    friend.get(url)
    publishing.change_audience(cast.recordings["participants"], audience)
    assert listen(friend, cast) == [404, 404, 404]
    assert friend.get(url).status_code == 404


def test_false_old_and_hidden_links_are_one_answer(cast: Cast) -> None:
    url = share(cast)
    hidden = links.make(cast.recordings["me"], cast["owner"])
    key = url.split("/")[2]
    tries = [
        url[:-2] + "x/", f"/shared/{'1' * 22}/", f"/shared/{key.split(':')[0]}:{'A' * 43}/",
        reverse("shared", args=[links.key_of(hidden)]),
    ]  # fmt: skip
    answers = {Client().get(one).status_code for one in tries}
    assert answers == {404}
    blocked = cast.client("stranger")
    services.block(cast["owner"], cast["stranger"])
    assert blocked.get(url).status_code == 404
    assert ShareLink.objects.get(pk=ShareLink.objects.earliest("pk").pk).used == 0


def test_uses_are_counted_by_browser_and_shown_to_the_owner_alone(cast: Cast) -> None:
    url = share(cast)
    for browser in (Client(), Client()):
        for _ in range(3):
            browser.get(url)
    (row,) = cast.client("owner").get(reverse("sharing")).context["links"]
    assert (row["used"], row["opens"], row["item_title"]) == (
        2, True, "mark-title-owner-participants",
    )  # fmt: skip
    assert cast.client("participant").get(reverse("sharing")).context["links"] == []


def test_a_link_is_made_for_the_audience_that_has_links_and_at_most_twenty(cast: Cast) -> None:
    owner, recording = cast.client("owner"), cast.recordings["public"]
    make = reverse("make_recording_link", args=[recording.public_id])
    owner.post(make)
    assert ShareLink.objects.count() == 0
    publishing.change_audience(recording, "link")
    for _ in range(22):
        owner.post(make)
    assert ShareLink.objects.count() == 20
    with pytest.raises(ValueError, match="owner"):
        links.make(recording, cast["participant"])


def test_a_session_is_shared_in_the_same_way(cast: Cast) -> None:
    session = cast.sessions["participants"]
    owner = cast.client("owner")
    owner.post(reverse("jam_audience", args=[session.public_id]), {"audience": "link"})
    owner.post(reverse("make_jam_link", args=[session.public_id]))
    (link,) = owner.get(session.get_absolute_url()).context["share_links"]
    friend = Client()
    assert friend.get(session.get_absolute_url()).status_code == 404
    assert friend.get(link["url"]).status_code == 302
    assert friend.get(session.get_absolute_url()).status_code == 200
    member = cast.client("stranger")
    member.get(link["url"])
    assert member.post(reverse("join_jam", args=[session.public_id])).status_code == 404


def test_signing_out_lets_go_of_links(cast: Cast) -> None:
    url = share(cast)
    stranger = cast.client("stranger")
    stranger.get(url)
    assert listen(stranger, cast) == [200, 200, 200]
    stranger.post(reverse("account_logout"))
    assert listen(stranger, cast) == [404, 404, 404]
