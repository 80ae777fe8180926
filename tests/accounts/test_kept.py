"""One wrong field: it is named at the top of the form, and what was chosen and typed stays."""

import html
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from accounts.models import Profile
from bands.models import Band
from bands.services import bands
from tests.accounts.test_photos import encoded, near
from tests.accounts.test_profile import mine, save, upload
from tests.cast import Cast

GREEN = (20, 160, 60)
WRONG = {"links": "gopher://mark.example", "bio": "typed for an hour"}


def chosen() -> Any:
    return upload(encoded(Image.new("RGB", (90, 90), GREEN), "PNG"), "garden gate.png")


def kept(answer: Any) -> dict[str, str]:
    """Return what the page holds of the picture, as the browser would send it back."""
    found = re.findall(
        r'<input type="hidden" name="(photo-kept[^"]*)" value="([^"]*)"', answer.content.decode()
    )
    return {name: html.unescape(value) for name, value in found}


def faults(answer: Any) -> list[tuple[str, str, str]]:
    """Return what the top of the form names: (where its link leads, label, words)."""
    page = answer.content.decode()
    found = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', page)
    for target, _label, _words in found:
        assert page.count(f'id="{target}"') == 1, target
    return found


def test_a_chosen_photo_stays_while_another_field_is_mended(cast: Cast) -> None:
    answer = save(cast, chosen(), **WRONG)
    assert answer.status_code == 422
    assert mine(cast).photo.name == ""
    held = kept(answer)
    assert held["photo-kept-name"] == "garden_gate.png"
    assert "“garden_gate.png” is still here" in answer.content.decode()
    assert "typed for an hour" in answer.content.decode()

    again = save(cast, **WRONG, **held)  # still wrong: it stays once more
    assert again.status_code == 422 and set(kept(again)) == set(held)
    assert save(cast, **{**WRONG, "links": ""}, **kept(again)).status_code == 302
    photo = Image.open(default_storage.open(mine(cast).photo.name))
    assert near(photo.convert("RGB").getpixel((320, 320)), GREEN)
    assert mine(cast).bio == "typed for an hour"


def test_a_photo_chosen_anew_goes_before_the_one_that_stayed(cast: Cast) -> None:
    held = kept(save(cast, chosen(), **WRONG))
    red = upload(encoded(Image.new("RGB", (90, 90), (200, 30, 30)), "PNG"), "x.png")
    assert save(cast, red, **held).status_code == 302
    photo = Image.open(default_storage.open(mine(cast).photo.name))
    assert near(photo.convert("RGB").getpixel((320, 320)), (200, 30, 30))


def test_a_photo_that_stayed_can_be_left_out(cast: Cast) -> None:
    held = kept(save(cast, chosen(), **WRONG))
    assert save(cast, **held, **{"photo-kept-drop": "on"}).status_code == 302
    assert mine(cast).photo.name == ""


@pytest.mark.parametrize("lie", ["no base64 at all!", "bWFyaw==", "/9j/4AAQ" * 30_000])
def test_what_a_client_says_it_kept_is_judged_like_any_file(cast: Cast, lie: str) -> None:
    answer = save(cast, **{"photo-kept": lie, "photo-kept-name": "../../etc/passwd\0<script>"})
    assert answer.status_code in {302, 422}
    assert mine(cast).photo.name == ""
    assert "<script>" not in answer.content.decode().partition("photo-kept")[2][:400]


def test_a_wrong_photo_is_named_and_not_kept(cast: Cast) -> None:
    answer = save(cast, upload(b"no picture", "x.png"))
    assert kept(answer) == {}
    assert [(where, label) for where, label, _words in faults(answer)] == [("id_photo", "Photo")]


def test_the_photo_of_a_band_stays_too(cast: Cast) -> None:
    band = bands.found(cast["owner"], name="The Kept", slug="the-kept", audience="public")
    client, page = cast.client("owner"), reverse("edit_band", args=[band.slug])
    values = {"name": "The Kept", "audience": "public"} | {
        f"{part}_audience": "public" for part in ("photo", "about", "genres", "links")
    }
    answer = client.post(page, {**values, **WRONG, "photo": chosen()})
    assert answer.status_code == 422
    assert [where for where, _label, _words in faults(answer)] == ["id_links"]
    assert client.post(page, {**values, **kept(answer)}).status_code == 302
    photo = Image.open(default_storage.open(Band.objects.get(pk=band.pk).photo.name))
    assert near(photo.convert("RGB").getpixel((320, 320)), GREEN)


def test_every_wrong_field_is_named_at_the_top_with_a_way_to_it(cast: Cast) -> None:
    wrong = {
        "stage_name": "x" * 61, "instrument": "kazoo", "level": "3", "languages": "Vulcan",
        "genres": "none-such", "country": "DE", "town": "Nowhere-at-all", "links": "gopher://x",
        "bio_audience": "", "phone": "12",
    }  # fmt: skip
    answer = save(cast, **wrong)
    assert answer.status_code == 422
    assert [(where, label) for where, label, _words in faults(answer)] == [
        ("id_stage_name", "Stage name"), ("id_instruments", "Instruments"), ("id_genres", "Genres"),
        ("id_town", "Town"), ("id_languages", "Languages"), ("id_links", "Links"),
        ("id_phone", "Telephone"), ("id_bio_audience", "About you"),
    ]  # fmt: skip
    page = answer.content.decode()
    assert "8 fields need another look. Nothing was saved, nothing you typed is lost." in page
    assert re.findall(r"<[^>]+ autofocus[^>]*>", page)[0].count('id="id_stage_name"') == 1
    assert len(re.findall(r" autofocus", page)) == 1
    assert Profile.objects.get(user=cast["owner"]).stage_name != "x" * 61


def test_one_wrong_field_takes_the_focus_from_the_form_s_own_first(cast: Cast) -> None:
    answer = cast.client("anonymous").post(reverse("lock_by_mail"), {"email": "no address"})
    assert answer.status_code == 422
    assert len(re.findall(r" autofocus", answer.content.decode())) == 1
