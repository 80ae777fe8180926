"""A person's page: music with a next page, and heads that tell machines what anybody sees."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Block, Plays, Profile
from accounts.profile.models import FIELDS
from schools.models import Guardianship
from tests import own_words
from tests.cast import Cast, recorded
from tests.school import consent_for

# Words that are in no other text of the page.
MARKS = {
    "stage_name": "mark-a-stage", "bio": "mark-a-bio", "status": "mark-a-status",
    "gender": "mark-a-gender", "town": "mark-a-town", "phone": "+4930987654",
    "links": ["https://mark-a-link.example/"], "genres": ["zydeco-none", "klezmer"],
    "languages": ["eo"], "country": "IS", "birthday": date(1981, 7, 6), "roles": ["parent"],
    **own_words.columns("mark-a-{}".format),
}  # fmt: skip
WORDS = ("mark-a-", "+4930987654", "Klezmer", "Esperanto", "Iceland", '"IS"', '"eo"', "1981",
         "Parent", "Kemen", *own_words.by_name("mark-a-{}".format).values(),
         "Open to jam")  # fmt: skip


@pytest.fixture
def told(cast: Cast) -> Cast:
    """The owner has told everything, to members."""
    audiences = {f"{name}_audience": "members" for name in FIELDS}
    Profile.objects.filter(user=cast["owner"]).update(
        **MARKS, **audiences, available_until=timezone.now() + timedelta(hours=1),
        photo="photos/mark-a-photo.webp",
    )  # fmt: skip
    Plays.objects.create(user=cast["owner"], instrument="kemenche", level=4)
    return cast


def page(told: Cast, role: str) -> str:
    return told.client(role).get("/@owner/").content.decode()


def data_of(html: str) -> Any:
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', html)
    return json.loads(found[1]) if found else None


def show(cast: Cast, *names: str) -> None:
    Profile.objects.filter(user=cast["owner"]).update(**{f"{n}_audience": "public" for n in names})


PLAIN = {
    "@context": "https://schema.org", "@type": "Person", "name": "owner",
    "url": f"{settings.SITE_URL}/@owner/",
}  # fmt: skip


@pytest.mark.clause("profile-fields", "who-sees")
@pytest.mark.promise("JK-10", "JT-03")
def test_heads_tell_nothing_of_what_only_members_see(told: Cast) -> None:
    visitor = page(told, "anonymous")
    assert [word for word in WORDS if word in visitor] == []
    assert data_of(visitor) == PLAIN
    member = page(told, "stranger")
    assert [word for word in WORDS if word not in member] == ['"IS"', '"eo"']
    for role in ("stranger", "owner"):  # who sees more is told no more in the head
        html = page(told, role)
        assert data_of(html) == PLAIN
        head = html[: html.index("</head>")]
        assert [
            word for word in WORDS[:-1] if word in re.sub(r"<title>.*?</title>", "", head)
        ] == []


@pytest.mark.clause("profile-fields")
@pytest.mark.promise("JK-10")
def test_heads_tell_what_is_public(told: Cast) -> None:
    show(told, *FIELDS)
    for role in ("anonymous", "stranger"):
        html = page(told, role)
        data = data_of(html)
        image = data.pop("image")
        assert data == {
            **PLAIN, "name": "mark-a-stage", "alternateName": "owner", "description": "mark-a-bio",
            "sameAs": ["https://mark-a-link.example/"], "knowsAbout": ["Kemençe", "Klezmer"],
            "knowsLanguage": ["eo"], "gender": "mark-a-gender", "birthDate": "1981-07-06",
            "telephone": "+4930987654",
            "address": {
                "@type": "PostalAddress", "addressCountry": "IS", "addressLocality": "mark-a-town",
            },
        }  # fmt: skip
        assert image.startswith(f"{settings.SITE_URL}/media/")
        assert f'<meta property="og:image" content="{image}">' in html
        assert '<meta property="og:title" content="mark-a-stage">' in html
        assert '<meta property="og:description" content="mark-a-bio">' in html


@pytest.mark.parametrize("name", ["bio", "genres", "place", "links", "phone", "instruments"])
def test_each_field_is_told_by_itself(told: Cast, name: str) -> None:
    show(told, name)
    keys = {"bio": "description", "genres": "knowsAbout", "place": "address", "links": "sameAs",
            "phone": "telephone", "instruments": "knowsAbout"}  # fmt: skip
    assert set(data_of(page(told, "stranger"))) - set(PLAIN) == {keys[name]}


def test_no_words_of_a_person_can_end_the_element(told: Cast) -> None:
    show(told, "bio", "stage_name")
    evil = "</script><script>alert(1)</script><!--"
    Profile.objects.filter(user=told["owner"]).update(bio=evil, stage_name=evil)
    html = page(told, "anonymous")
    assert data_of(html)["name"] == evil
    assert "<script>alert" not in html


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-22")
def test_a_childs_page_tells_machines_nothing(told: Cast) -> None:
    show(told, *FIELDS)
    consent_for(told["owner"])
    assert told.client("stranger").get("/@owner/").status_code == 404
    Guardianship.objects.create(guardian=told["stranger"], child=told["owner"])
    html = page(told, "stranger")
    assert data_of(html) is None and "og:" not in html


def test_who_was_blocked_learns_nothing(told: Cast) -> None:
    show(told, *FIELDS)
    Block.objects.create(blocker=told["owner"], blocked=told["stranger"])
    assert told.client("stranger").get("/@owner/").status_code == 404


def test_links_lead_out_without_a_trace(told: Cast) -> None:
    html = page(told, "stranger")
    assert (
        '<a href="https://mark-a-link.example/" rel="nofollow ugc noopener noreferrer">'
        "mark-a-link.example</a>"
    ) in html


def test_recordings_have_a_next_page(cast: Cast) -> None:
    for _take in range(13):
        recorded(cast["stranger"], [cast["stranger"]], audience="public")
    first = Client().get("/@stranger/")
    assert first.content.decode().count('class="recording-row"') == 12
    url = first.context["next_url"]
    assert url.startswith("/@stranger/?after=")
    second = Client().get(url)
    assert second.content.decode().count('class="recording-row"') == 1
    assert second.context["next_url"] is None
    ids = [one["public_id"] for page in (first, second) for one in page.context["recordings"]]
    assert len(set(ids)) == 13


@pytest.mark.clause("who-sees")
def test_recordings_tell_machines_of_themselves_when_public(cast: Cast) -> None:
    public = cast.recordings["public"]
    data = data_of(Client().get(public.get_absolute_url()).content.decode())
    assert data == {
        "@context": "https://schema.org", "@type": "MusicRecording",
        "name": "mark-title-owner-public", "url": f"{settings.SITE_URL}{public.get_absolute_url()}",
        "duration": "PT1.0S", "datePublished": public.created_at.date().isoformat(),
        "byArtist": {"@type": "Person", "name": "owner",
                     "url": f"{settings.SITE_URL}/@owner/"},
    }  # fmt: skip
    for audience in ("participants", "me"):
        path = cast.recordings[audience].get_absolute_url()
        assert data_of(cast.client("owner").get(path).content.decode()) is None
