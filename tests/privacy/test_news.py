"""News by e-mail: to who agreed, once, until one click; and the box in every form."""

import re
from typing import Any

import pytest
from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.socialaccount import forms as social_forms
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.networks.forms import NetworkSignUpForm
from accounts.profile.forms import ProfileForm
from accounts.sign_in.forms.sign_up import AddressForm, SignUpForm
from privacy import consent
from privacy.consent import Channel
from privacy.models import ConsentRecord, Newsletter, NewsReader, NewsSending, Notice
from privacy.notices import newsletter as news
from privacy.notices.forms import NewsChoice
from privacy.subject_requests.forms import PublicRequestForm, RequestForm
from sessions_app.forms import SessionForm
from tests import entering
from tests.cast import BACKEND, PASSWORD, Cast
from tests.coming_in import confirmed
from tests.staff import REASON
from tests.told import deliver

# Forms without the box, and why they take no personal data of their own.
WITHOUT = {
    "LeaveForm": "confirms leaving; asking for news there would be pushing",
    "FoundForm": "about a band, not about a person",
    "BandForm": "about a band, not about a person",
    "SeatForm": "one's place in a band, which one has already",
    "DirectForm": "a choice about connections in rooms",
    "InviteForm": "names somebody else",
    "EndForm": "confirms the end of a band with its address",
    "SessionForm": "about a jam, not about a person",
    "PlanFields": "about a jam, not about a person",
    "SessionEditForm": "about a jam, not about a person",
    "SessionAudienceForm": "an audience alone",
    "RecordingAudienceForm": "an audience alone",
    "RecordingTitleForm": "a title alone",
    "FavouritesForm": "an audience alone",
    "MessageForm": "carries words to the people they are written to",
    "AgeForm": "a date that isn't stored; who answers may be a child",
    "AgeInput": "a date that isn't stored; who answers may be a child",
    "AppSignUpInput": "what an app sends; news are chosen in the settings",
    "SameForAll": "what the two sign-up forms share",
    "StartForm": "names somebody else",
    "NewsChoice": "is the box itself",
    "SharingForm": "switches alone",
    "FindJamForm": "what is looked for, which is kept nowhere",
    "FindForm": "what is looked for, which is kept nowhere",
    "NotificationsForm": "what to be told, news left out",
    "QuietForm": "when not to be told",
    "ZoneForm": "how times are written",
    "NameForm": "names an account to leave; asking for news there would be pushing",
    "ReplyForm": "more words on a request",
    "ReasonForm": "staff, as all forms in the admin",
    "PartnerForm": "staff, as all forms in the admin",
    "StaffForm": "staff, as all forms in the admin",
    "DeedForm": "staff, as all forms in the admin",
    "VerifyForm": "staff, as all forms in the admin",
    "SuspendForm": "staff, as all forms in the admin",
    "WordsForm": "staff, as all forms in the admin",
    "DecideForm": "staff, as all forms in the admin",
    "RightsForm": "staff, as all forms in the admin",
    "AppealForm": "somebody is suspended; asking for news there would be pushing",
    "NewParentForm": "a school writes down who answers for a child",
    "EndGuardianForm": "a school ends that somebody answers for a child",
    "EvidenceForm": "a school writes down a parent's consent: no news for a child, nor through it",
    "ConsentForm": "the same",
    "AddConsentForm": "the same",
    "ClassForm": "the name of a class",
    "MoveForm": "chooses a class",
    "UsernameForm": "a child's username: no news for a child",
    "ReportChildForm": "somebody is worried about a child; asking for news there would be pushing",
    # allauth's: proofs of who one is, about data that is there already
    "LoginForm": "proves who one is",
    "SignInForm": "proves who one is",
    "ReauthenticateForm": "proves who one is",
    "ResetPasswordForm": "proves who one is",
    "ResetForm": "the same, ours",
    "AppResetInput": "the same, for apps",
    "AppTokenInput": "a proof of a network alone",
    "ResetPasswordKeyForm": "a password alone",
    "ChangePasswordForm": "a password alone",
    "SetPasswordForm": "a password alone",
    "DisconnectForm": "takes data away",
    "UserTokenForm": "a token of our own",
}
# allauth's forms whose features are off: no address leads to them.
OFF = {
    "RequestLoginCodeForm", "ConfirmLoginCodeForm", "ConfirmEmailVerificationCodeForm",
    "ConfirmPasswordResetCodeForm", "VerifyPhoneForm", "ChangePhoneForm", "ChangeEmailForm",
    "BaseConfirmCodeForm", "UserForm", "BaseSignupForm",
}  # fmt: skip


def all_forms() -> dict[str, type[BaseForm]]:
    """Return every form class of ours, and allauth's as the settings replace them."""
    found: dict[str, type[BaseForm]] = {}
    waiting = [BaseForm]
    ours = {config.name for config in apps.get_app_configs() if not config.name.startswith(
        ("django", "allauth", "rest_framework", "drf_"))}  # fmt: skip
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            place = one.__module__.split(".")
            if place[0] in ours and "admin" not in place:
                found[one.__name__] = one
    replaced = {"SignupForm": "signup", "AddEmailForm": "add_email"}
    for module in (account_forms, social_forms):
        for name, one in vars(module).items():
            if (
                isinstance(one, type)
                and issubclass(one, BaseForm)
                and one.__module__ == module.__name__
            ):
                given = (
                    settings.ACCOUNT_FORMS if module is account_forms
                    else settings.SOCIALACCOUNT_FORMS
                )  # fmt: skip
                key = replaced.get(name)
                found[f"{module.__name__}.{name}" if key in given else name] = (
                    import_string(given[key]) if key in given else one
                )
    return found


@pytest.mark.clause("news")
@pytest.mark.promise("JT-07")
def test_every_form_that_takes_personal_data_has_its_own_choice() -> None:
    """A new form carries `NewsChoice`, or says above why it takes no personal data."""
    bare = {name for name, one in all_forms().items() if not issubclass(one, NewsChoice)}
    assert bare - set(WITHOUT) - OFF == set()
    having = [one for one in all_forms().values() if issubclass(one, NewsChoice)]
    assert {SignUpForm, NetworkSignUpForm, AddressForm, ProfileForm, RequestForm} <= set(having)
    names = [one.form_name for one in {*having} - {NewsChoice}]
    assert all(names) and len(names) == len(set(names)), "each is told apart in the evidence"


@pytest.mark.clause("news")
@pytest.mark.promise("JT-07")
def test_the_box_is_unticked_and_an_empty_one_says_nothing(cast: Cast) -> None:
    anybody, owner = cast.client("anonymous"), cast.client("owner")
    entering.answer_age(anybody)
    for client, route in ((anybody, "account_signup"), (owner, "edit_profile"),
                          (owner, "account_email")):  # fmt: skip
        page = client.get(reverse(route)).content.decode()
        [box] = re.findall(r'<input type="checkbox" name="news"[^>]*>', page)
        assert "checked" not in box and "required" not in box
    sign_up(anybody, "nadia")
    assert ConsentRecord.objects.count() == 0


def sign_up(client: Client, name: str, **more: Any) -> Any:
    return entering.sign_up(client, email=f"{name}@mail.example", username=name, **more)


@pytest.mark.clause("news")
@pytest.mark.promise("JT-07", "JT-08")
def test_a_ticked_box_is_noted_with_its_form_and_not_asked_again(cast: Cast) -> None:
    sign_up(Client(), "nadia", news="on")
    nadia = User.objects.get(username="nadia")
    profile = {"photo_audience": "me", "bio_audience": "me", "status_audience": "me"}
    owner = cast.client("owner")
    assert owner.post(reverse("edit_profile"), profile | {"news": "on"}).status_code == 302
    address = {"email": "other@mail.example", "action_add": "", "news": "on"}
    confirmed(cast.client("stranger")).post(reverse("account_email"), address)
    said = ConsentRecord.objects.order_by("pk").values_list("user", "channel", "form", "given")
    assert list(said) == [
        (nadia.pk, "sign-up", "sign-up", True),
        (cast["owner"].pk, "form", "profile", True),
        (cast["stranger"].pk, "form", "e-mail address", True),
    ]
    page = owner.get(reverse("edit_profile")).content.decode()
    assert 'name="news"' not in page and "You agreed to news by e-mail" in page


@pytest.mark.clause("news")
@pytest.mark.promise("JT-07")
def test_a_box_in_a_form_without_account_asks_the_address_first(db: None) -> None:
    data = {"kind": "enquiry", "text": "Hello", "address": "Reader@mail.example"}
    Client().post(reverse("public_requests"), data)
    assert NewsReader.objects.count() == 0
    Client().post(reverse("public_requests"), data | {"news": "on"})
    reader = NewsReader.objects.get()
    assert (reader.address, reader.confirmed_at) == ("reader@mail.example", None)
    assert reader.form == "request without account"


def test_signing_up_again_with_a_taken_address_notes_nothing(cast: Cast) -> None:
    entering.sign_up(Client(), email="owner@mail.example", username="nobody-new", news="on")
    assert ConsentRecord.objects.count() == 0


@pytest.mark.clause("forms")
@pytest.mark.promise("JM-02", "JM-06")
@pytest.mark.parametrize(
    "kind", [SignUpForm, ProfileForm, AddressForm, SessionForm, PublicRequestForm]
)
def test_each_field_says_if_it_is_needed_and_public_ones_say_so(cast: Cast, kind: Any) -> None:
    request = RequestFactory().get("/")
    request.user = cast["owner"]
    given: dict[Any, Any] = {
        ProfileForm: {"profile": cast["owner"].profile, "person": cast["owner"]},
        SessionForm: {"host": cast["owner"]},
        AddressForm: {"user": cast["owner"]},
    }
    form = kind(**given.get(kind, {}))
    page = render_to_string("components/form_fields.html", {"form": form}, request=request)
    fields = [
        field for field in form.visible_fields()
        if not field.name.endswith("audience") and "style" not in field.field.widget.attrs
    ]  # fmt: skip
    need = re.findall(r'class="field__need">(\w+)<', page)
    assert need == ["required" if one.field.required else "optional" for one in fields]
    for field in fields:
        if field.name == "username":
            assert "Public: everyone sees it." in page
        if field.name == "email":
            assert "Never shown to anyone." in page
        if f"{field.name}_audience" in form.fields:
            assert f"Who can see “{field.label}”" in page
        if field.name == "title":
            assert "Shown to whoever may find the session." in page


# Sending ------------------------------------------------------------------------------


def newsletter() -> Newsletter:
    return Newsletter.objects.create(title="New strings", text="mark-news of the season")


def agree(*people: User) -> None:
    for person in people:
        consent.give(person, "marketing", channel=Channel.SETTINGS)


@pytest.mark.clause("news")
@pytest.mark.promise("JM-07", "JK-31")
def test_news_go_to_who_agreed_and_to_nobody_else_once(cast: Cast) -> None:
    agree(cast["owner"], cast["participant"], cast["leaving"], cast["former"])
    consent.withdraw(cast["former"], "marketing", channel=Channel.SETTINGS)
    EmailAddress.objects.filter(user=cast["participant"]).update(verified=False)
    NewsReader.objects.create(address="reader@mail.example", form="contact")
    readers = NewsReader.objects.create(address="sure@mail.example", form="contact")
    news.confirm(news.token_of(readers))
    letter = newsletter()
    sending = news.send(letter)
    assert news.send(letter) == sending
    for _ in range(2):
        news.run(sending.pk)
        deliver()
    assert sorted(one.to[0] for one in mail.outbox) == ["owner@mail.example", "sure@mail.example"]
    sending.refresh_from_db()
    assert (sending.status, sending.letters) == ("done", 2)


@pytest.mark.clause("news")
@pytest.mark.promise("JK-31", "VJ-26")
def test_whether_they_agree_is_asked_again_when_a_letter_goes(cast: Cast) -> None:
    agree(cast["owner"], cast["participant"])
    reader = NewsReader.objects.create(address="sure@mail.example", form="contact")
    news.confirm(news.token_of(reader))
    news.run(news.send(newsletter()).pk)
    consent.withdraw(cast["owner"], "marketing", channel=Channel.SETTINGS)
    news.unsubscribe(news.token_of(reader))
    deliver()
    assert [one.to for one in mail.outbox] == [["participant@mail.example"]]


@pytest.mark.clause("news")
@pytest.mark.promise("JM-07", "JK-31", "JT-08")
def test_one_click_ends_news_without_signing_in(cast: Cast) -> None:
    """RFC 8058: the address in List-Unsubscribe takes a bare POST, without cookies."""
    agree(cast["owner"], cast["participant"])
    news.run(news.send(newsletter()).pk)
    deliver()
    letter = next(one for one in mail.outbox if one.to == ["owner@mail.example"])
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"]
    assert link.startswith(f"<{settings.SITE_URL}/unsubscribe/") and link.endswith(">")
    assert link[1:-1] in letter.body
    assert cast["owner"].username not in link
    path = link[1:-1].removeprefix(settings.SITE_URL)
    client = Client(enforce_csrf_checks=True)
    page = client.get(path)  # mail programs fetch links by themselves: that ends nothing
    assert (page.status_code, dict(page.cookies)) == (200, {})
    assert consent.has(cast["owner"], "marketing")
    for _ in range(2):
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert not consent.has(cast["owner"], "marketing")
    assert consent.has(cast["participant"], "marketing")
    newest = ConsentRecord.objects.latest("pk")
    assert (newest.channel, newest.user) == ("unsubscribe", cast["owner"])
    assert client.post(f"{path[:-4]}xxx/").status_code == 404


@pytest.mark.clause("news")
@pytest.mark.promise("JT-08")
def test_who_writes_to_us_is_taken_off_by_staff(cast: Cast) -> None:
    agree(cast["owner"])
    boss = User.objects.create_superuser("boss", "boss@mail.example", PASSWORD)
    client = Client()
    client.force_login(boss, backend=BACKEND)
    sent = {"action": "end_news", "_selected_action": [str(cast["owner"].pk)]}
    client.post(reverse("admin:accounts_user_changelist"), {**sent, **REASON})
    assert not consent.has(cast["owner"], "marketing")
    assert ConsentRecord.objects.latest("pk").channel == "desk"


def test_a_killed_sending_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed behind any batch: nobody is left out, nobody gets two."""
    people = [cast[name] for name in ("owner", "participant", "former", "stranger")]
    agree(*people)
    monkeypatch.setattr(news, "BATCH", 1)
    sending = news.send(newsletter())
    keep = NewsSending.keep

    def killed(self: NewsSending, percent: int | None = None) -> None:
        raise KeyboardInterrupt

    for _ in range(5):
        monkeypatch.setattr(NewsSending, "keep", killed)
        try:
            news.run(sending.pk)
        except KeyboardInterrupt:
            NewsSending.objects.update(leased_until=None)
    monkeypatch.setattr(NewsSending, "keep", keep)
    news.run(sending.pk)
    told = Notice.objects.filter(kind="news").values_list("user__username", flat=True)
    assert sorted(told) == sorted(one.username for one in people)


def test_a_batch_costs_the_same_for_one_and_for_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    for names in (("owner",), ("owner", "participant", "former")):
        agree(*(cast[name] for name in names))
        sending = NewsSending.objects.create(newsletter=newsletter())
        with django_assert_num_queries(5):  # people, newsletter, notices, cursor; and savepoints
            news._people(sending)


# Readers without account --------------------------------------------------------------


@pytest.mark.clause("news", "addresses")
@pytest.mark.promise("JT-11")
def test_an_address_without_account_confirms_first(db: None) -> None:
    for _ in range(2):
        news.invite("Reader@mail.example", form="contact")
    deliver()
    [letter] = mail.outbox
    assert letter.to == ["reader@mail.example"], "asked once"
    path = re.search(r"/news/confirm/\S+", str(letter.body))
    assert path
    client = Client(enforce_csrf_checks=True)
    assert client.get(path[0]).status_code == 200
    assert NewsReader.objects.get().confirmed_at is None
    assert client.post(path[0]).status_code == 200
    assert NewsReader.objects.get().confirmed_at is not None
    assert ConsentRecord.objects.get().form == "contact"
    NewsReader.objects.all().delete()
    assert client.post(path[0]).status_code == 410
    assert client.post(f"{path[0][:-4]}xxx/").status_code == 404
