"""Connecting a network to an account, seeing what it is, taking it away: nobody else's, ever."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Connection, NetworkFact, User
from accounts.networks import services
from foundation import sealing
from foundation.work import Work
from privacy.erasure import provider_orders
from privacy.models import DeletionOrder, Disclosure, Notice
from tests.cast import BACKEND, Cast, just_signed_in, networked
from tests.entering import answer_age
from tests.networks.conftest import Walk
from tests.networks.keys import SIGNING
from tests.networks.standin import NETWORKS, SECRET, StandIn

KEYS = {"x": "network:twitter_oauth2", "guild": "openid:guild", "loose": "openid:loose"}
IDS = {"x": "twitter_oauth2"}


def signed_in(cast: Cast, role: str = "stranger") -> Client:
    return cast.client(role)


def connects(client: Client, walk: Walk, network: str) -> Any:
    start = reverse("connect_network", args=[IDS.get(network, network)])
    answer = walk(client, network, start=start)
    assert (answer.status_code, answer["Location"]) == (302, reverse("networks"))
    return client.get(answer["Location"]).content.decode()


@pytest.mark.clause("networks", "disclosures", "never-sold")
@pytest.mark.promise("JK-12", "JK-38", "JT-09")
@pytest.mark.parametrize("network", NETWORKS)
def test_connecting_keeps_the_number_and_nothing_else(
    cast: Cast, there: StandIn, walk: Walk, network: str
) -> None:
    client = signed_in(cast)
    page = connects(client, walk, network)
    assert "is connected." in page
    account = SocialAccount.objects.get(user=cast["stranger"])
    assert account.extra_data == {"sub": account.uid}
    assert not NetworkFact.objects.filter(user=cast["stranger"]).exists()
    assert account.uid in page
    told = Notice.objects.get(user=cast["stranger"], kind="safety")
    assert "was connected to your account" in told.title
    assert Disclosure.objects.filter(user=cast["stranger"]).get().provider == (
        KEYS.get(network, f"network:{network}")
    )
    row = Disclosure.objects.get(user=cast["stranger"])
    record = client.get(reverse("disclosures")).content.decode()
    assert escape(row.recipient) in record
    assert f'datetime="{row.at.isoformat()}"' in record
    assert "Never sold: of 1 record about you, none is a sale." in record
    other = cast.client("owner").get(reverse("disclosures")).content.decode()
    assert f'<th scope="row">{escape(row.recipient)}' not in other
    again = Client()
    walk(again, network)
    assert again.session["_auth_user_id"] == str(cast["stranger"].pk)


def test_what_is_not_fresh_is_asked_to_confirm_before_and_after(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    client = signed_in(cast)
    just_signed_in(client, seconds_ago=3600)
    asked = client.post(reverse("connect_network", args=["guild"]))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    answer = walk(client, "guild", start="/account/oidc/guild/login/?process=connect")
    assert answer["Location"] == reverse("networks")
    page = client.get(answer["Location"]).content.decode()
    assert "Nothing was connected: too much time has passed." in page
    assert not SocialAccount.objects.filter(user=cast["stranger"]).exists()


@pytest.mark.clause("networks")
def test_an_account_there_signs_one_person_in_here(cast: Cast, there: StandIn, walk: Walk) -> None:
    connects(signed_in(cast, "participant"), walk, "guild")
    page = connects(signed_in(cast), walk, "guild")
    assert "already signs in to another account here" in page
    assert SocialAccount.objects.get(provider="guild").user == cast["participant"]
    there.people["guild"]["sub"] = "o-2"
    page = connects(signed_in(cast, "participant"), walk, "guild")
    assert "you have connected another account at Guild" in page
    assert SocialAccount.objects.get(provider="guild").uid == "o-1"


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-09", "JK-12", "JK-17")
@pytest.mark.parametrize("network", NETWORKS)
def test_taking_away_gives_the_permission_back_and_leaves_the_account(
    cast: Cast, there: StandIn, walk: Walk, network: str
) -> None:
    client = signed_in(cast)
    connects(client, walk, network)
    mine = Connection.objects.get(user=cast["stranger"])
    url = reverse("take_away_network", args=[mine.public_id])
    assert "Your account here stays as it is" in client.get(url).content.decode()
    assert client.post(url)["Location"] == reverse("networks")
    assert not SocialAccount.objects.filter(user=cast["stranger"]).exists()
    assert User.objects.filter(pk=cast["stranger"].pk, state="active").exists()
    uid = there.people[network].get("sub") or there.people[network]["id"]
    for order in DeletionOrder.objects.all():
        assert uid.encode() not in bytes(order.subject or b"")
        provider_orders.run(order.pk)
    states = list(DeletionOrder.objects.values_list("status", "subject", "confirmed_how"))
    if network == "loose":  # it gave no lasting permission
        assert (states, there.revoked) == ([], [])
    else:
        assert states == [(Work.Status.DONE, None, "tokens revoked")]
        [(where, what)] = there.revoked
        assert where == network
        assert what == uid if network == "facebook" else what.startswith(f"mark-token-{network}")


def test_the_permission_is_kept_sealed_and_only_the_lasting_one(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    for network in NETWORKS:
        connects(signed_in(cast), walk, network)
    kept = {
        one.account.provider: one.grant for one in Connection.objects.filter(user=cast["stranger"])
    }
    assert {name for name, grant in kept.items() if grant} == {
        "google",
        "apple",
        "twitter_oauth2",
        "guild",
    }
    for name, grant in kept.items():
        if grant is not None:
            assert b"mark-token" not in bytes(grant)
            assert sealing.unseal(grant) in there.tokens, name


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-09")
def test_the_last_way_in_is_not_taken_away_before_there_is_another(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    client = signed_in(cast)
    connects(client, walk, "guild")
    user = cast["stranger"]
    user.set_unusable_password()
    user.save()
    client.force_login(user, backend=BACKEND)
    just_signed_in(client)
    mine = Connection.objects.get(user=user)
    url = reverse("take_away_network", args=[mine.public_id])
    page = client.get(url).content.decode()
    assert "is your only way in. Set a password or a passkey first" in page
    assert client.post(url).status_code == 422
    assert Connection.objects.filter(pk=mine.pk).exists()
    connects(client, walk, "google")
    assert client.post(url).status_code == 302


@pytest.mark.clause("networks")
def test_of_another_person_nothing_is_found_and_nothing_changes(cast: Cast) -> None:
    theirs = Connection.objects.get(user=cast["owner"])
    fact = theirs.facts.get()
    stranger = signed_in(cast)
    assert "mark-fact-owner" not in stranger.get(reverse("networks")).content.decode()
    assert "mark-fact-owner" in cast.client("owner").get(reverse("networks")).content.decode()
    answers = [
        stranger.get(reverse("take_away_network", args=[theirs.public_id])).status_code,
        stranger.post(reverse("take_away_network", args=[theirs.public_id])).status_code,
        stranger.post(reverse("forget_fact", args=[fact.public_id])).status_code,
        Client().post(reverse("forget_fact", args=[fact.public_id])).status_code,
        stranger.post(reverse("connect_network", args=["nowhere"])).status_code,
    ]
    assert answers == [404, 404, 404, 302, 404]
    assert NetworkFact.objects.filter(pk=fact.pk, value="mark-fact-owner").exists()
    assert (
        cast.client("owner").post(reverse("forget_fact", args=[fact.public_id])).status_code == 302
    )
    assert not NetworkFact.objects.filter(pk=fact.pk).exists()


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_three(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = cast.client("owner")
    client.get(reverse("networks"))
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for more in (0, 2):
        for number in range(more):
            networked(cast["owner"], f"choir{number}")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("networks"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.clause("networks")
def test_a_taken_address_joins_nobody_and_the_answer_is_the_same(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    """Verified there or not: who has the account is told by mail, and the page tells nothing."""
    answers = []
    for address in ("stranger@mail.example", "nobody@mail.example"):
        for network in ("guild", "loose", "facebook"):
            person = there.people[network]
            person |= {"email": address, "sub": f"{network}-{address}", "id": f"fb-{address}"}
            client = Client()
            answer_age(client, 30)
            walk(client, network)
            form = {"username": f"n{network}{address[0]}", "email": address, "terms": "1"}
            answer = client.post("/account/3rdparty/signup/", form)
            answers.append((network, address, answer.status_code, answer["Location"]))
            if address == "nobody@mail.example":
                User.objects.filter(email=address).delete()
    by_network = {one[0]: {two[2:] for two in answers if two[0] == one[0]} for one in answers}
    assert by_network["loose"] == by_network["facebook"] == {(302, "/account/confirm-email/")}
    assert not SocialAccount.objects.filter(user=cast["stranger"]).exists()
    assert EmailAddress.objects.filter(user=cast["stranger"]).count() == 1
    assert User.objects.filter(email="stranger@mail.example").count() == 1


@pytest.mark.clause("networks")
def test_a_network_that_lies_about_an_address_opens_no_account_with_it(
    db: None, there: StandIn, walk: Walk
) -> None:
    """Only where the operator trusts its word is a new account's address taken as confirmed."""
    verified = {}
    for network in ("guild", "loose", "facebook", "google"):
        there.people[network]["email"] = f"{network}@mail.example"
        there.people[network]["email_verified"] = True
        client = Client()
        answer_age(client, 30)
        walk(client, network)
        client.post(
            "/account/3rdparty/signup/",
            {"username": f"of-{network}", "email": f"{network}@mail.example", "terms": "1"},
        )
        verified[network] = EmailAddress.objects.get(email=f"{network}@mail.example").verified
    assert verified == {"guild": True, "loose": False, "facebook": False, "google": False}


def apple_says(there: StandIn, kind: str, subject: str = "a-1", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "https://appleid.apple.com", "aud": "us-apple", "iat": now, "jti": "j",
        "events": json.dumps({"type": kind, "sub": subject, "event_time": now * 1000}), **changes,
    }  # fmt: skip
    return jwt.encode(claims, SIGNING, algorithm="RS256", headers={"kid": "one"})


def posts(payload: str) -> int:
    client = Client(enforce_csrf_checks=True)
    return client.post(
        reverse("apple_tells"), json.dumps({"payload": payload}), content_type="application/json"
    ).status_code


@pytest.mark.clause("networks")
@pytest.mark.parametrize("kind", ["consent-revoked", "account-delete"])
def test_what_is_ended_at_apple_is_ended_here_and_the_account_stays(
    cast: Cast, there: StandIn, walk: Walk, kind: str
) -> None:
    connects(signed_in(cast), walk, "apple")
    made = Connection.objects.get(user=cast["stranger"])
    services.keep(made, {"name": "mark-apple"}, ["name"])
    assert posts(apple_says(there, "email-disabled")) == 204
    assert Connection.objects.filter(pk=made.pk).exists()
    assert [posts(apple_says(there, kind)), posts(apple_says(there, kind))] == [204, 204]
    assert not SocialAccount.objects.filter(user=cast["stranger"]).exists()
    assert User.objects.filter(pk=cast["stranger"].pk, state="active").exists()
    assert "was taken away" in Notice.objects.filter(user=cast["stranger"]).latest("pk").title
    assert DeletionOrder.objects.count() == 0  # there is nothing to give back


def facebook_says(secret: str = SECRET, **changes: Any) -> str:
    about = {"algorithm": "HMAC-SHA256", "issued_at": int(time.time()), "user_id": "fb-1"}
    payload = base64.urlsafe_b64encode(json.dumps({**about, **changes}).encode()).rstrip(b"=")
    signature = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}.{payload.decode()}"


def facebook_posts(route: str, signed: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(reverse(route), {"signed_request": signed})


@pytest.mark.clause("networks")
def test_what_is_ended_at_facebook_is_ended_here(cast: Cast, there: StandIn, walk: Walk) -> None:
    connects(signed_in(cast), walk, "facebook")
    assert [facebook_posts("facebook_tells", facebook_says()).status_code for _ in "12"] == [
        204
    ] * 2
    assert not SocialAccount.objects.filter(user=cast["stranger"]).exists()
    assert "was taken away" in Notice.objects.filter(user=cast["stranger"]).latest("pk").title


@pytest.mark.clause("networks")
def test_a_deletion_asked_for_at_facebook_is_done_and_confirmed(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    connects(signed_in(cast), walk, "facebook")
    made = Connection.objects.get(user=cast["stranger"])
    services.keep(made, {"likes": "mark-like"}, ["likes"])
    answers = [
        facebook_posts("facebook_deletes", facebook_says(user_id=one)).json()
        for one in ("fb-1", "nobody")
    ]
    assert NetworkFact.objects.filter(user=cast["stranger"]).count() == 0
    for one in answers:  # the same for who isn't known here
        assert set(one) == {"url", "confirmation_code"}
        assert one["url"].endswith(f"/account/facebook/deletion/{one['confirmation_code']}/")
        page = Client().get(urlsplit(one["url"]).path)
        assert page.status_code == 200
        assert "stranger" not in page.content.decode()
    assert Client().get(reverse("facebook_deleted", args=["made-up"])).status_code == 404


def test_what_facebook_did_not_sign_for_us_changes_nothing(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    connects(signed_in(cast), walk, "facebook")
    good = facebook_says()
    false = [
        facebook_says("another secret"), facebook_says(algorithm="none"),
        facebook_says(issued_at=int(time.time()) - 90_000), facebook_says(issued_at="now"),
        facebook_says(user_id=None)[:-4], f".{good.split('.')[1]}", good.split(".")[0], "", "é.é",
        "x" * 40_000,
    ]  # fmt: skip
    for route in ("facebook_tells", "facebook_deletes"):
        codes = [facebook_posts(route, one).status_code for one in false]
        assert codes == [400] * len(false), route
    assert SocialAccount.objects.filter(user=cast["stranger"]).exists()


def test_what_apple_did_not_sign_for_us_changes_nothing(
    cast: Cast, there: StandIn, walk: Walk
) -> None:
    connects(signed_in(cast), walk, "apple")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = apple_says(there, "account-delete")
    said = jwt.decode(good, options={"verify_signature": False})
    forged = [
        jwt.encode(said, other, algorithm="RS256", headers={"kid": "one"}),
        jwt.encode(said, other, algorithm="RS256", headers={"kid": "two"}),
        jwt.encode(said, "x" * 40, algorithm="HS256", headers={"kid": "one"}),
        jwt.encode(said, None, algorithm="none", headers={"kid": "one"}),
        apple_says(there, "account-delete", aud="others"),
        apple_says(there, "account-delete", iss="https://elsewhere.example"),
        apple_says(there, "account-delete", iat=int(time.time()) - 90_000),
        apple_says(there, "account-delete", events="[]"),
        "", "a.b.c", "x" * 40_000,
    ]  # fmt: skip
    assert [posts(one) for one in forged] == [400] * len(forged)
    assert Client().post(reverse("apple_tells"), b"{", content_type="text/plain").status_code == 400
    assert SocialAccount.objects.filter(user=cast["stranger"]).exists()


def test_apple_is_asked_to_send_again_while_its_keys_cannot_be_had(
    cast: Cast, there: StandIn
) -> None:
    there.moods["/apple/keys"] = "broken"
    assert posts(apple_says(there, "account-delete")) == 503
