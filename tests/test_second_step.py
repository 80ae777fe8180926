"""Staff show a second step before anybody's data."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from jamsite import roles
from jamsite.settings import base
from tests.cast import BACKEND, Cast
from tests.coming_in import code_of, confirmed, sign_in, with_codes
from tests.staff import member_of


@pytest.fixture(autouse=True)
def asked_for(settings: Any) -> None:
    settings.STAFF_SECOND_STEP = base.STAFF_SECOND_STEP


@pytest.mark.clause("second-step")
@pytest.mark.promise("VJ-16")
def test_without_a_second_step_no_page_of_the_staff_opens(cast: Cast) -> None:
    staff = member_of(roles.PRIVACY_OFFICER)
    client = Client()
    client.force_login(staff, backend=BACKEND)
    for name in (
        "admin:index",
        "admin:accounts_user_changelist",
        "admin:privacy_accesslogentry_changelist",
    ):
        answer = client.get(reverse(name), follow=True)
        assert (answer.status_code, answer.templates[0].name) == (403, "admin/second_step.html")
    assert reverse("mfa_index") in answer.content.decode()


@pytest.mark.clause("second-step")
@pytest.mark.promise("VJ-16")
def test_the_code_is_shown_in_this_very_web_session(cast: Cast) -> None:
    staff = member_of(roles.SUPPORT)
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with_codes(staff, secret)
    older = Client()  # came in before the step was set up
    older.force_login(staff, backend=BACKEND)
    confirmed(older)  # the password again is no second step
    answer = older.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))
    answer = older.post(answer.redirect_chain[-1][0], {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    assert older.get(reverse("admin:index")).status_code == 200

    fresh = sign_in("support")
    assert fresh.get(reverse("admin:index")).status_code == 302  # half a sign-in opens nothing


def test_a_step_doesnt_make_staff_of_anybody(cast: Cast) -> None:
    Authenticator.objects.create(user=cast["owner"], type="webauthn", data={"name": "key"})
    client = confirmed(cast.client("owner"), method="mfa")
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.clause("second-step")
def test_only_development_may_do_without() -> None:
    """No variable of the environment switches it off in production."""
    assert base.STAFF_SECOND_STEP is True
    production = (base.BASE_DIR / "jamsite/settings/production.py").read_text()
    assert "SECOND_STEP" not in production and "staff_second_step" not in production


def test_development_says_that_it_doesnt_ask(cast: Cast, settings: Any) -> None:
    settings.STAFF_SECOND_STEP = False
    client = Client()
    client.force_login(member_of(roles.SUPPORT), backend=BACKEND)
    assert b"without a second step" in client.get(reverse("admin:index")).content
