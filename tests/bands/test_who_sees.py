"""Who sees a band, who is in it, and what it plays: by audience, on page, list and API."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.connections import services
from bands.models import Band, BandMember
from bands.services import members
from privacy.gate.access import audience_of, can_see, visible
from privacy.sharing.media import url_for
from sessions_app.models import JamSession, Participant, Recording
from sessions_app.services import publishing
from sessions_app.services import recording as takes
from sessions_app.services import sessions as jams
from tests.bands.quartet import PEOPLE, Quartet
from tests.cast import recorded
from tests.school import consent_for

IN_IT = {"owner", "admin", "player"}
SIGNED_IN = set(PEOPLE)
SEES = {
    "public": SIGNED_IN | {"anonymous"},
    "members": SIGNED_IN,
    "fans": IN_IT | {"fan"},
    "band": IN_IT,
}
EVERYBODY = (*PEOPLE, "anonymous")


@pytest.fixture
def quartet(db: None) -> Quartet:
    return Quartet()


def who(ask: Any) -> set[str]:
    return {name for name in EVERYBODY if ask(name)}


@pytest.mark.clause("bands", "who-sees")
@pytest.mark.promise("JK-11", "VJ-31")
@pytest.mark.parametrize("audience", SEES)
def test_page_list_api_and_gate_agree(quartet: Quartet, audience: str) -> None:
    Band.objects.update(audience=audience)
    clients = {name: quartet.client(name) for name in EVERYBODY}
    band = quartet.band
    band.refresh_from_db()
    found = [
        who(lambda name: can_see(quartet.viewer(name), band)),
        who(lambda name: clients[name].get("/bands/quartet/").status_code == 200),
        who(lambda name: b"/bands/quartet/" in clients[name].get("/bands/").content),
        who(lambda name: clients[name].get("/api/v1/bands/quartet/").status_code == 200),
        who(lambda name: clients[name].get("/api/v1/bands/").json()["results"] != []),
    ]
    assert found == [SEES[audience]] * 5
    fan_out = set(audience_of(band).values_list("username", flat=True))
    assert fan_out == SEES[audience] - {"anonymous"}


@pytest.mark.clause("bands", "who-sees")
@pytest.mark.parametrize("audience", SEES)
def test_each_field_has_its_own_audience(quartet: Quartet, audience: str) -> None:
    Band.objects.update(
        about_audience=audience, links_audience=audience, genres_audience=audience,
        photo_audience=audience,
    )  # fmt: skip
    quartet.band.refresh_from_db()
    quartet.band.photo.save("x.webp", ContentFile(b"mark-photo-quartet"))
    for name in EVERYBODY:
        client, shown = quartet.client(name), name in SEES[audience]
        page = client.get("/bands/quartet/").content.decode()
        told = client.get("/api/v1/bands/quartet/").json()
        photo = client.get(url_for(quartet.band, "photo", quartet.viewer(name)))
        by_genre = client.get("/bands/?genre=jazz").content
        assert [
            "mark-about-quartet" in page,
            "https://quartet.example/" in page,
            (told["about"], told["genres"], told["links"], told["photo_url"] is None)
            == ("mark-about-quartet", ["jazz"], ["https://quartet.example/"], False),
            (told["about"], told["genres"], told["links"], told["photo_url"]) != ("", [], [], None),
            photo.status_code == 200,
            b"/bands/quartet/" in by_genre or name in IN_IT,
        ] == [shown, shown, shown, shown, shown, shown or name in IN_IT], name


@pytest.mark.clause("bands")
@pytest.mark.promise("JK-11")
def test_each_says_who_may_know_that_they_are_in_it(quartet: Quartet) -> None:
    BandMember.objects.filter(user=quartet["owner"]).update(audience="public")
    BandMember.objects.filter(user=quartet["admin"]).update(audience="members")
    BandMember.objects.filter(user=quartet["player"]).update(audience="band")

    def named(name: str) -> set[str]:
        page = quartet.client(name).get("/bands/quartet/")
        told = quartet.client(name).get("/api/v1/bands/quartet/").json()["members"]
        shown = {one["name"] for one in page.context["members"]}
        assert {one["name"] for one in told} == shown
        assert ("mark-plays-player" in page.content.decode()) == ("player" in shown)
        return shown

    assert {name: named(name) for name in ("anonymous", "stranger", "player", "admin")} == {
        "anonymous": {"owner"},
        "stranger": {"owner", "admin"},
        "player": IN_IT,
        "admin": IN_IT,
    }
    on_profile = {
        name: b"mark-band-quartet" in quartet.client(name).get("/@player/").content
        for name in ("anonymous", "stranger", "fan", "owner", "player")
    }
    assert on_profile == {
        "anonymous": False, "stranger": False, "fan": False, "owner": True, "player": True,
    }  # fmt: skip


@pytest.mark.clause("bands", "blocks")
@pytest.mark.promise("VJ-32")
@pytest.mark.parametrize("by", ["player", "stranger"])
def test_a_block_takes_away_the_name_and_not_the_band(quartet: Quartet, by: str) -> None:
    BandMember.objects.update(audience="public")
    other = {"player": "stranger", "stranger": "player"}[by]
    services.block(quartet[by], quartet[other])
    page = quartet.client("stranger").get("/bands/quartet/")
    assert page.status_code == 200
    assert {one["name"] for one in page.context["members"]} == {"owner", "admin"}
    assert "player" not in page.content.decode()


@pytest.mark.clause("bands", "blocks")
def test_who_runs_the_band_can_take_out_whom_they_blocked(quartet: Quartet) -> None:
    services.block(quartet["owner"], quartet["player"])
    page = quartet.client("owner").get("/bands/quartet/members/")
    rows = [one["name"] for one in page.context["seats"]]
    assert rows == ["owner", "admin", ""]
    seat = quartet.seat("player")
    answer = quartet.client("owner").post(f"/bands/quartet/members/{seat.public_id}/", {"out": "1"})
    assert answer.status_code == 302
    assert set(quartet.roles()) == {"owner", "admin"}
    # Between two members of whom neither runs it, the other isn't there at all.
    services.block(quartet["stranger"], quartet["admin"])
    assert {one.user.username for one in visible(BandMember, quartet.viewer("stranger"))} == {
        "owner"
    }


@pytest.mark.clause("bands")
def test_a_band_whose_people_are_all_away_is_not_there(quartet: Quartet) -> None:
    for name in sorted(IN_IT):
        assert quartet.client("stranger").get("/bands/quartet/").status_code == 200
        quartet[name].state = "suspended"
        quartet[name].save()
    assert quartet.client("stranger").get("/bands/quartet/").status_code == 404


@pytest.mark.clause("bands", "apps-and-search")
def test_one_careful_member_keeps_search_engines_and_apps_out(quartet: Quartet) -> None:
    page = quartet.client("anonymous").get("/bands/quartet/")
    day = timezone.localdate().isoformat()
    sitemap = quartet.client("anonymous").get(f"/sitemaps/bands/{day}.xml").content.decode()
    assert ("X-Robots-Tag" in page.headers, "/bands/quartet/" in sitemap) == (False, True)
    services.switch(quartet["player"], approves_followers=True, api_access=False, indexed=False)
    page = quartet.client("anonymous").get("/bands/quartet/")
    sitemap = quartet.client("anonymous").get(f"/sitemaps/bands/{day}.xml").content.decode()
    assert (page["X-Robots-Tag"], "/bands/quartet/" in sitemap) == ("noindex", False)
    app = type(quartet.viewer("stranger"))(quartet["stranger"].pk, app="tuner")
    assert not can_see(app, quartet.band)
    assert can_see(quartet.viewer("stranger"), quartet.band)


# Sessions and recordings ---------------------------------------------------------------


def band_session(quartet: Quartet, audience: str) -> JamSession:
    return jams.open_session(
        quartet["player"], title="mark-jam", about="", audience=audience, band=quartet.band
    )


def band_take(quartet: Quartet, audience: str) -> Recording:
    session = band_session(quartet, "participants")
    take = recorded(quartet["player"], [quartet["player"]], audience=audience, session=session)
    Recording.objects.filter(pk=take.pk).update(band=quartet.band)
    take.refresh_from_db()
    return take


OF_ITEMS = {**SEES, "participants": {"player"}, "me": {"player"}}


@pytest.mark.clause("bands", "who-sees")
@pytest.mark.promise("JK-11", "VJ-31")
@pytest.mark.parametrize("audience", OF_ITEMS)
def test_what_a_band_plays_is_for_whom_it_says(quartet: Quartet, audience: str) -> None:
    take = band_take(quartet, audience)
    clients = {name: quartet.client(name) for name in EVERYBODY}
    url = take.get_absolute_url()
    want = OF_ITEMS[audience]
    found = {
        "gate": who(lambda name: can_see(quartet.viewer(name), take)),
        "page": who(lambda name: clients[name].get(url).status_code == 200),
        "band page": who(lambda name: url in clients[name].get("/bands/quartet/").content.decode()),
        "api": who(
            lambda name: any(
                one["id"] == take.public_id and one["band"]["slug"] == "quartet"
                for one in clients[name].get("/api/v1/recordings/").json()["results"]
            )
        ),
    }
    assert found == dict.fromkeys(found, want)
    fan_out = set(audience_of(take).values_list("username", flat=True))
    assert fan_out == want - {"anonymous"}


@pytest.mark.clause("bands")
@pytest.mark.parametrize("audience", ["public", "members", "fans", "band", "participants"])
def test_who_sees_a_jam_of_the_band_may_take_a_seat(quartet: Quartet, audience: str) -> None:
    session = band_session(quartet, audience)
    clients = {name: quartet.client(name) for name in EVERYBODY}
    want = OF_ITEMS[audience]
    url = session.get_absolute_url()
    assert who(lambda name: clients[name].get(url).status_code == 200) == want
    joins = f"/jam/{session.public_id}/join/"
    for name in EVERYBODY:
        clients[name].post(joins)
    seated = set(Participant.objects.values_list("user__username", flat=True))
    assert seated == want - {"anonymous"} | {"player"}


@pytest.mark.clause("bands", "children-seen")
@pytest.mark.promise("JK-24")
@pytest.mark.parametrize("audience", ["fans", "band", "public"])
def test_a_take_with_a_child_stays_in_the_childs_circle(quartet: Quartet, audience: str) -> None:
    consent_for(quartet["stranger"])
    session = band_session(quartet, "participants")
    take = recorded(
        quartet["player"], [quartet["player"], quartet["stranger"]], audience=audience,
        session=session,
    )  # fmt: skip
    Recording.objects.filter(pk=take.pk).update(band=quartet.band)
    assert who(lambda name: can_see(quartet.viewer(name), take)) == {"stranger"}


@pytest.mark.clause("bands")
def test_a_take_is_the_bands_when_somebody_of_it_asks_and_starts_with_who_plays(
    quartet: Quartet,
) -> None:
    session = band_session(quartet, "public")
    jams.join(session, quartet["stranger"])
    mine = takes.ask(session, quartet["player"], [quartet["player"].pk])
    assert (mine.band, mine.audience) == (quartet.band, "participants")
    takes.stop(mine)
    Recording.objects.filter(pk=mine.pk).update(state="ready")
    guests = takes.ask(session, quartet["stranger"], [quartet["stranger"].pk])
    assert (guests.band, guests.audience) == (None, "participants")


def test_only_members_open_jams_for_a_band(quartet: Quartet) -> None:
    for name in ("fan", "stranger"):
        with pytest.raises(jams.NotInBand):
            jams.open_session(quartet[name], title="", about="", audience="band", band=quartet.band)
    with pytest.raises(jams.NotInBand):
        jams.open_session(quartet["player"], title="", about="", audience="band")
    client = quartet.client("stranger")
    form = {"title": "x", "about": "", "audience": "band", "band": "quartet"}
    assert client.post("/jam/new/", form).status_code == 422
    assert not JamSession.objects.exists()
    client = quartet.client("player")
    assert client.post("/jam/new/", {**form, "band": ""}).status_code == 422
    assert client.post("/jam/new/", form).status_code == 302
    assert JamSession.objects.get().band == quartet.band


@pytest.mark.clause("bands")
@pytest.mark.parametrize("audience", ["public", "fans", "band"])
def test_when_the_band_ends_its_music_stays_with_its_players(
    quartet: Quartet, audience: str
) -> None:
    take, jam = band_take(quartet, audience), band_session(quartet, audience)
    members.close(quartet.band, quartet["owner"])
    take.refresh_from_db()
    jam.refresh_from_db()
    assert (take.band, jam.band) == (None, None)
    left = SEES["public"] if audience == "public" else {"player"}
    assert who(lambda name: can_see(quartet.viewer(name), take)) == left
    assert who(lambda name: can_see(quartet.viewer(name), jam)) == left


@pytest.mark.clause("bands")
@pytest.mark.parametrize(
    ("name", "done"),
    [("player", True), ("owner", True), ("admin", True), ("fan", False), ("stranger", False)],
)
def test_who_owns_it_or_runs_the_band_takes_a_take_off_its_page(
    quartet: Quartet, name: str, done: bool
) -> None:
    take = band_take(quartet, "fans")
    answer = quartet.client(name).post(f"/recordings/{take.public_id}/band/")
    assert answer.status_code == (302 if done else 404)
    take.refresh_from_db()
    assert (take.band, take.audience) == (
        (None, "participants") if done else (quartet.band, "fans")
    )


def test_the_audiences_of_a_band_are_no_audiences_without_one(quartet: Quartet) -> None:
    take = recorded(quartet["player"], [quartet["player"]], audience="public")
    client = quartet.client("player")
    client.post(f"/recordings/{take.public_id}/audience/", {"audience": "fans"})
    api = client.patch(
        f"/api/v1/recordings/{take.public_id}/", json.dumps({"audience": "band"}),
        content_type="application/json",
    )  # fmt: skip
    take.refresh_from_db()
    assert (take.audience, api.status_code) == ("public", 400)
    publishing.change_audience(take, "fans")  # and if it had one all the same, it means nobody
    assert who(lambda name: can_see(quartet.viewer(name), take)) == {"player"}


@pytest.mark.clause("bands", "view-as")
def test_members_see_their_page_as_others_do(quartet: Quartet) -> None:
    Band.objects.update(about_audience="fans", links_audience="members")
    take = band_take(quartet, "fans")
    client = quartet.client("player")

    def shown(key: str) -> tuple[bool, bool, bool]:
        page = client.get(f"/bands/quartet/?as={key}")
        text = page.content.decode()
        links = {one["url"] for one in page.context["recordings"]}
        return (
            "mark-about-quartet" in text,
            "https://quartet.example/" in text,
            take.get_absolute_url() in links,
        )

    assert {key: shown(key) for key in ("anyone", "member", "fan", "@stranger", "@fan")} == {
        "anyone": (False, False, False),
        "member": (False, True, False),
        "fan": (True, True, True),
        "@stranger": (False, True, False),
        "@fan": (True, True, True),
    }
    assert (
        "mark-about-quartet"
        not in quartet.client("stranger").get("/bands/quartet/?as=@fan").content.decode()
    )
    Band.objects.update(audience="band")
    assert "mark-band-quartet" not in client.get("/bands/quartet/?as=member").content.decode()


@pytest.mark.clause("bands", "apps-and-search")
@pytest.mark.parametrize("audience", ["public", "members"])
def test_machines_are_told_what_anybody_sees(quartet: Quartet, audience: str) -> None:
    Band.objects.update(about_audience="public", genres_audience=audience, audience=audience)
    BandMember.objects.filter(user=quartet["owner"]).update(audience="public")
    for name in ("anonymous", "player"):
        page = quartet.client(name).get("/bands/quartet/").content.decode()
        found = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
        if audience == "members":
            assert found == []
            continue
        assert [json.loads(one) for one in found] == [
            {
                "@context": "https://schema.org",
                "@type": "MusicGroup",
                "name": "mark-band-quartet",
                "url": f"{settings.SITE_URL}/bands/quartet/",
                "description": "mark-about-quartet",
                "genre": ["Jazz"],
                "member": [
                    {
                        "@type": "Person",
                        "name": "owner",
                        "url": f"{settings.SITE_URL}/@owner/",
                    }
                ],
            }
        ]
