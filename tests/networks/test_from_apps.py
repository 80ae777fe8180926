"""An app signs in with the proof that a network's own kit gave it on the device."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import NetworkFact, User
from tests.accounts.app import AUTH
from tests.entering import born
from tests.networks.standin import StandIn
from tests.networks.test_arriving import ARRIVES, everything_stored

pytestmark = [pytest.mark.clause("networks", "apps-sign-in"), pytest.mark.promise("JK-06")]
NETWORKS = ("facebook", "google", "apple", "guild")
SIGN_UP = f"{AUTH}/auth/provider/signup"


class Phone:
    """An app: JSON out and in, the session token carried along, no cookie."""

    def __init__(self) -> None:
        self.token = ""

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        headers = {"X-Session-Token": self.token} if self.token else {}
        answer: Any = Client(headers=headers).generic(
            method,
            path,
            b"" if data is None else json.dumps(data).encode(),
            content_type="application/json",
        )
        self.token = (answer.json().get("meta") or {}).get("session_token") or self.token
        return answer

    def proves(self, there: StandIn, network: str, process: str = "login", **changes: Any) -> Any:
        token: dict[str, Any] = {"client_id": f"us-{network}"}
        if network == "facebook":
            token["access_token"] = there.app_token(network)
        else:
            token["id_token"] = there.id_token(network, **changes)
        data = {"provider": network, "process": process, "token": token}
        return self.ask("POST", f"{AUTH}/auth/provider/token", data)

    def signs_up(self, **changes: Any) -> Any:
        form = {"username": "nora", "email": "nora@elsewhere.example", "terms": 1,
                "birth_date": f"{born(30)}"}  # fmt: skip
        return self.ask("POST", SIGN_UP, {**form, **changes})


def pending(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json()["data"]["flows"] if one.get("is_pending")]


@pytest.mark.promise("JM-03", "VJ-10")
@pytest.mark.parametrize("network", NETWORKS)
def test_what_arrives_is_told_and_nothing_of_it_is_stored(
    db: None, there: StandIn, network: str
) -> None:
    phone = Phone()
    proved = phone.proves(there, network)
    assert (proved.status_code, pending(proved)) == (401, ["provider_signup"])
    told = phone.ask("GET", SIGN_UP)
    assert told.status_code == 200
    # Apple's kit hands the name to the app alone: its proof has none.
    names = {one["name"] for one in told.json()["data"]["arrived"]}
    assert names == (set() if network == "apple" else ARRIVES[network])
    assert User.objects.count() == 0
    assert "mark-" not in everything_stored()


def test_only_what_is_named_is_kept_and_she_is_in(db: None, there: StandIn) -> None:
    phone = Phone()
    phone.proves(there, "guild")
    answer = phone.signs_up(email="nora@guild.example", keep=["other:instrument"])
    assert (answer.status_code, answer.json()["meta"]["is_authenticated"]) == (200, True)
    assert list(NetworkFact.objects.values_list("name", "value")) == [
        ("other:instrument", "mark-o-other")
    ]
    assert "mark-o-name" not in everything_stored()
    me = Client(headers={"X-Session-Token": phone.token}).get("/api/v1/me/")
    assert me.json()["username"] == "nora"
    again = Phone().proves(there, "guild")
    assert (again.status_code, again.json()["meta"]["is_authenticated"]) == (200, True)


@pytest.mark.promise("MJ-02")
def test_an_address_that_the_network_does_not_prove_is_confirmed_first(
    db: None, there: StandIn
) -> None:
    phone = Phone()
    phone.proves(there, "facebook")
    answer = phone.signs_up(keep=["name"])
    assert (answer.status_code, pending(answer)) == (401, ["verify_email"])
    User.objects.create_user("taken", "taken@mail.example", "x")
    other = Phone()
    there.people["facebook"]["id"] = "fb-2"
    other.proves(there, "facebook")
    told = other.signs_up(username="nora2", email="taken@mail.example", keep=["name"])
    assert (told.status_code, pending(told)) == (401, ["verify_email"])
    assert sorted(User.objects.values_list("username", flat=True)) == ["nora", "taken"]


@pytest.mark.promise("JK-21")
def test_who_is_too_young_by_the_networks_word_leaves_nothing(db: None, there: StandIn) -> None:
    there.people["facebook"]["birthday"] = f"{born(12):%m/%d/%Y}"
    phone = Phone()
    answer = phone.proves(there, "facebook")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_young")
    assert phone.signs_up().status_code == 409
    assert User.objects.count() == 0
    assert "mark-" not in everything_stored()


def test_of_two_birthdays_the_younger_counts(db: None, there: StandIn) -> None:
    there.people["facebook"]["birthday"] = f"{born(15):%m/%d/%Y}"
    phone = Phone()
    phone.proves(there, "facebook")
    phone.signs_up()
    assert User.objects.get().age_group == User.AgeGroup.TEEN


def test_what_is_wrong_is_said_and_may_be_sent_again(db: None, there: StandIn) -> None:
    phone = Phone()
    phone.proves(there, "guild")
    faults = [
        phone.signs_up(keep=["shoe size"]),
        phone.signs_up(keep="name"),
        phone.signs_up(birth_date="soon"),
        phone.signs_up(username=""),
    ]
    assert [(one.status_code, one.json()["errors"][0]["code"]) for one in faults] == [
        (400, "invalid"), (400, "invalid"), (400, "invalid"), (400, "required"),
    ]  # fmt: skip
    assert User.objects.count() == 0
    assert phone.signs_up(email="nora@guild.example").status_code == 200
    assert NetworkFact.objects.count() == 0


@pytest.mark.parametrize(
    ("network", "changes"),
    [
        ("google", {"aud": "us-somebody-else"}),
        ("google", {"iss": "https://elsewhere.example"}),
        ("guild", {"exp": 1}),
        ("apple", {"aud": "us-guild"}),
        ("facebook", {}),
    ],
)
def test_a_proof_for_somebody_else_opens_nothing(
    db: None, there: StandIn, network: str, changes: Any
) -> None:
    there.facebook_app = "another-app"
    answer = Phone().proves(there, network, **changes)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "invalid_token")


def test_networks_are_connected_on_the_website_alone(db: None, there: StandIn) -> None:
    answer = Phone().proves(there, "guild", process="connect")
    assert (answer.status_code, answer.json()["errors"][0]["param"]) == (400, "process")
