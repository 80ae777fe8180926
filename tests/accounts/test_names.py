"""A new username: everywhere at once, the old one kept from others, once in a while."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import FormerAddress, FormerName, User
from accounts.profile.services import usernames
from privacy.datamap import identifiers
from privacy.models import Tombstone
from schools.services import children
from tests.cast import PASSWORD, Cast
from tests.coming_in import confirmed
from tests.told import deliver

URL = "/settings/account/username/"


def rename(cast: Cast, who: str, name: str) -> Any:
    return cast.client(who).post(URL, {"username": name})


def _plain(answer: Any) -> str:
    """Return a page without what is new in each."""
    return re.sub(r'(nonce|value|content)="[^"]{20,}"', "", answer.content.decode())


def later(days: float) -> None:
    """Make every change of a name that many days older."""
    for one in FormerName.objects.all():
        one.made_at -= timedelta(days=days)
        one.save()


@pytest.mark.promise("JM-13")
def test_a_new_name_holds_everywhere_and_old_links_lead_nowhere(cast: Cast) -> None:
    assert rename(cast, "owner", "Nightbird").status_code == 302
    stranger = cast.client("stranger")
    assert "Nightbird" in stranger.get("/@nightbird/").content.decode()
    gone, never = Client().get("/@owner/"), Client().get("/@nobody-ever/")
    assert gone.status_code == never.status_code == 404
    assert _plain(gone).replace("owner", "nobody-ever") == _plain(never)
    page = stranger.get(reverse("recording", args=[cast.recordings["public"].public_id]))
    assert "/@Nightbird/" in page.content.decode()
    assert "/@owner/" not in page.content.decode()


def test_its_person_is_told_by_mail_at_once(cast: Cast) -> None:
    rename(cast, "owner", "Nightbird")
    deliver()
    [letter] = mail.outbox
    assert letter.to == ["owner@mail.example"]
    assert letter.subject == "[Jamsite] Your username was changed"


def test_nobody_else_takes_the_old_name(cast: Cast) -> None:
    rename(cast, "owner", "Nightbird")
    answer = rename(cast, "stranger", "OWNER")
    assert answer.status_code == 422
    assert "can&#x27;t be used" in answer.content.decode()
    with pytest.raises(ValidationError):
        User.objects.create_user("owner", "new@mail.example", PASSWORD)
    assert not usernames.is_free("Owner")
    # Its own person goes back to it, though the last change is young.
    assert rename(cast, "owner", "owner").status_code == 302
    cast["owner"].refresh_from_db()
    assert cast["owner"].username == "owner"
    assert list(FormerName.objects.values_list("name", flat=True)) == ["Nightbird"]


def test_another_name_waits_for_thirty_days(cast: Cast) -> None:
    rename(cast, "owner", "Nightbird")
    later(29.9)
    answer = rename(cast, "owner", "Daybird")
    assert answer.status_code == 422
    assert "Before" in answer.content.decode() and "Daybird" in answer.content.decode()
    later(0.2)
    assert rename(cast, "owner", "Daybird").status_code == 302
    assert set(FormerName.objects.values_list("name", flat=True)) == {"owner", "Nightbird"}


@pytest.mark.parametrize("name", ["owner", "stranger", "STRANGER", "a", "no way", "admin", "x__y"])
def test_names_that_cant_be_used_are_refused_and_nothing_changes(cast: Cast, name: str) -> None:
    answer = rename(cast, "owner", name)
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="username"[^>]*aria-invalid="true"', answer.content.decode())
    cast["owner"].refresh_from_db()
    assert cast["owner"].username == "owner" and not FormerName.objects.exists()


def test_only_the_case_of_letters_is_a_change_that_keeps_no_name(cast: Cast) -> None:
    rename(cast, "owner", "Owner")
    assert "Owner" in cast.client("stranger").get("/@owner/").content.decode()
    assert not FormerName.objects.exists()


def test_a_name_is_free_again_when_its_time_is_over(cast: Cast, settings: Any) -> None:
    from privacy.tasks import expire

    rename(cast, "owner", "Nightbird")
    FormerName.objects.update(
        made_at=timezone.now() - timedelta(days=settings.RETENTION_NAMES_DAYS + 1)
    )
    expire()
    assert usernames.is_free("owner")


# What was given at sign-up -------------------------------------------------------------


@pytest.mark.clause("given")
@pytest.mark.promise("JM-13")
def test_everything_given_at_sign_up_is_seen_with_the_way_to_change_it(cast: Cast) -> None:
    html = cast.client("owner").get(reverse("account_settings")).content.decode()
    given = html[html.index('<dl class="given">') : html.index("</dl>")]
    for shown in ("owner", "owner@mail.example", "Adult", "Set"):
        assert f">{shown}" in given
    for route in ("change_username", "account_email", "account_change_password", "requests",
                  "consent"):  # fmt: skip
        assert f'href="{reverse(route)}' in given
    others = cast.client("stranger").get(reverse("account_settings")).content.decode()
    assert "owner@mail.example" not in others


@pytest.mark.clause("given")
@pytest.mark.promise("JM-13")
def test_what_ends_with_mandatory_data_is_said_first(cast: Cast) -> None:
    """The name and the last address can't go alone; beside both stands that it means leaving."""
    html = cast.client("owner").get(reverse("account_settings")).content.decode()
    for part in ("username", "addresses"):
        row = html[html.index(f'id="{part}"') :]
        row = row[: row.index("</div>")]
        assert f'means <a href="{reverse("leave")}">leaving</a>' in row
    answer = cast.client("owner").post(
        reverse("account_email"), {"action_remove": "", "email": "owner@mail.example"}
    )
    assert answer.status_code in {200, 302}
    cast["owner"].refresh_from_db()
    assert cast["owner"].email == "owner@mail.example"


@pytest.mark.clause("leaving", "what-stays")
@pytest.mark.promise("JK-14", "VJ-19")
def test_a_name_given_up_stays_reserved_when_its_owner_is_erased(cast: Cast, settings: Any) -> None:
    """As long as it was declared to be, and no page begins to say that its owner is gone."""
    from privacy.tasks import expire
    from tests.privacy.test_desk_words import leaves

    rename(cast, "owner", "Nightbird")
    later(100)
    leaves(cast["owner"])
    assert not FormerName.objects.exists()
    for name in ("owner", "OWNER", "nightbird"):
        assert rename(cast, "stranger", name).status_code == 422, name
        with pytest.raises(ValidationError):
            User.objects.create_user(name, "new@mail.example", PASSWORD)
    assert [Client().get(f"/@{name}/").status_code for name in ("owner", "nightbird")] == [404, 410]
    ends = Tombstone.objects.order_by("until").values_list("until", flat=True)
    days = settings.RETENTION_NAMES_DAYS
    assert [round((one - timezone.now()) / timedelta(days=1)) for one in (ends[0], *ends[1:2])] == [
        days - 100, days,
    ]  # fmt: skip
    Tombstone.objects.update(until=F("until") - timedelta(days=days - 99))
    expire()
    assert usernames.is_free("owner") and not usernames.is_free("nightbird")


def test_whoever_changes_a_name_the_old_one_is_reserved(cast: Cast, db: None) -> None:
    """A parent who corrects a child's, and staff who correct one at its person's wish."""
    children.rename(cast["participant"], "Robin")
    usernames.correct(cast["owner"], "Wren")
    for old in ("participant", "owner"):
        assert not usernames.is_free(old)
    with pytest.raises(ValidationError):
        usernames.correct(cast["stranger"], "owner")


@pytest.mark.clause("leaving")
def test_an_address_that_was_taken_away_is_remembered_sealed(cast: Cast) -> None:
    EmailAddress.objects.create(user=cast["owner"], email="spare@mail.example", verified=True)
    client = confirmed(cast.client("owner"))
    client.post(reverse("account_email"), {"email": "spare@mail.example", "action_remove": ""})
    assert not EmailAddress.objects.filter(email="spare@mail.example").exists()
    kept = FormerAddress.objects.get()
    assert kept.user == cast["owner"] and b"spare" not in bytes(kept.sealed)
    assert "spare@mail.example" in identifiers.of(cast["owner"]).claimed
