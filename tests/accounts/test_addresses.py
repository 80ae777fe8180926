"""What needs a valid e-mail address says so, and verifies it before the address counts."""

import importlib
import pkgutil
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.forms import EmailField, Form
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast
from tests.coming_in import confirmed
from tests.entering import answer_age
from tests.told import deliver

pytestmark = [pytest.mark.clause("addresses"), pytest.mark.promise("JT-11")]
NEW = "new@mail.example"


def shown(client: Client, route: str, name: str = "email") -> Any:
    """Return the field of a page that asks for an address."""
    return client.get(reverse(route)).context["form"].fields[name]


def forms_of(*packages: str) -> set[type[Form]]:
    """Return every form of these packages."""
    found = set()
    for name in packages:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "forms" in module.name.split("."):
                values = vars(importlib.import_module(module.name)).values()
                found |= {one for one in values if isinstance(one, type) and issubclass(one, Form)}
    return found


def test_every_field_for_an_address_says_what_is_sent_there(cast: Cast) -> None:
    """Sign-up, one more address, a request, a parent's: wherever a form can't do without one."""
    visitor = Client()
    answer_age(visitor)
    owner = confirmed(cast.client("owner"))
    said = {
        "sign-up": shown(visitor, "account_signup").help_text,
        "one more": shown(owner, "account_email").help_text,
        **{
            f"{form.__name__}.{name}": field.help_text
            for form in forms_of("accounts", "schools", "privacy.subject_requests")
            for name, field in getattr(form, "base_fields", {}).items()
            if isinstance(field, EmailField) and field.required and name != "email"
        },
    }
    silent = [where for where, words in said.items() if not re.search("link|write", str(words))]
    assert silent == []


def add(cast: Cast) -> Client:
    client = confirmed(cast.client("owner"))
    client.post(reverse("account_email"), {"email": NEW, "action_add": "1"})
    return client


def sign_in(name: str) -> int:
    """Return 302 for somebody who came in, 200 for a form with an error."""
    return (
        Client().post(reverse("account_login"), {"login": name, "password": PASSWORD}).status_code
    )


def test_one_more_address_does_nothing_before_it_is_confirmed(cast: Cast) -> None:
    client = add(cast)
    deliver()
    assert [letter.to for letter in mail.outbox] == [[NEW]]
    assert sign_in(NEW) == 200
    client.post(reverse("account_email"), {"email": NEW, "action_primary": "1"})
    cast["owner"].refresh_from_db()
    assert cast["owner"].email == "owner@mail.example"
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": NEW})
    deliver()
    assert [letter.to for letter in mail.outbox] == [[NEW]]
    assert "/reset/key/" not in str(mail.outbox[0].body)


def test_it_counts_from_the_press_of_the_button_on(cast: Cast) -> None:
    client = add(cast)
    deliver()
    (path,) = re.findall(
        r"https?://[^/\s]+(/account/confirm-email/\S+/)", str(mail.outbox[-1].body)
    )
    assert client.get(path).status_code == 200
    assert EmailAddress.objects.get(email=NEW).verified is False
    client.post(path)
    assert sign_in(NEW) == 302
