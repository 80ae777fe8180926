"""Staff roles: a fixed table. Each cell of it is tried, with GET and with POST."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import URLPattern, reverse

from accounts.identity.services import suspensions
from accounts.models import Profile, User
from jamsite import roles
from privacy.models import AccessLogEntry, Request
from privacy.subject_requests.admin import DEEDS as DEEDS_OF_THE_DESK
from privacy.subject_requests.admin import WORDS
from tests.cast import Cast, person
from tests.privacy.canaries import Canary
from tests.school import School, school
from tests.staff import REASON, member_of, signed_in

PRIVACY = {
    model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "privacy"
}
OPENS = {
    roles.SUPPORT: {
        "accounts.user", "account.emailaddress", "usersessions.usersession", "privacy.export",
        "privacy.erasure", "privacy.leavelink", "privacy.request", "mfa.authenticator",
    },
    roles.MODERATOR: {
        "accounts.user", "accounts.profile", "accounts.suspension", "bands.band",
        "bands.bandmember",
        "sessions_app.jamsession", "sessions_app.recording", "sessions_app.participant",
        "sessions_app.chatline", "sessions_app.sheet", "sessions_app.sheetline",
    },
    roles.PRIVACY_OFFICER: PRIVACY | {
        "accounts.user", "accounts.profile", "account.emailaddress", "socialaccount.socialaccount",
        "usersessions.usersession", "sessions_app.recordingconsent", "admin.logentry",
        "schools.enrolment", "schools.parentalconsent", "schools.consentwithdrawal",
        "schools.guardianship", "accounts.suspension", "mfa.authenticator",
    },
    roles.PARTNER_MANAGER: {
        "schools.partner", "schools.partnerstaff", "schools.schoolclass", "schools.enrolment",
        "schools.guardianship", "schools.parentalconsent", "schools.consentwithdrawal",
    },
    roles.ADMINISTRATOR: {
        "accounts.user", "accounts.suspension", "auth.group", "auth.permission",
        "contenttypes.contenttype", "sessions_app.mix", "sessions.session", "admin.logentry",
    },
}  # fmt: skip
ADDS = {
    roles.PARTNER_MANAGER: {"schools.partner", "schools.partnerstaff"},
    roles.SUPPORT: {"privacy.leavelink", "privacy.request"},
    roles.PRIVACY_OFFICER: {
        "privacy.leavelink",
        "privacy.legaldisclosure",
        "privacy.legalhold",
        "privacy.request",
    },
}


# What each may do with rows that are there: actions of lists, deeds of pages, other addresses.
ACTS = {
    roles.SUPPORT: {"accounts.user:end_news", "privacy.request:acknowledge_with_template"},
    roles.MODERATOR: set(),
    roles.PRIVACY_OFFICER: {
        "accounts.user:end_news", "privacy.request:acknowledge_with_template",
        "privacy.legalhold:lift", "privacy.deletionorder:confirm",
    },
    roles.PARTNER_MANAGER: {
        "schools.partner:start", "schools.partner:end", "schools.partnerstaff:dismiss",
    },
    roles.ADMINISTRATOR: set(),
    "superuser": {
        "accounts.user:end_news", "privacy.request:acknowledge_with_template",
        "privacy.legalhold:lift", "privacy.deletionorder:confirm", "schools.partner:start",
        "schools.partner:end", "schools.partnerstaff:dismiss",
        "privacy.newsletter:send_to_who_agreed", "privacy.newsletter:delete_selected",
    },
}  # fmt: skip
DEEDS = {
    roles.SUPPORT: set(),
    roles.MODERATOR: {"accounts.user:suspend", "accounts.suspension:decide",
                      "accounts.suspension:lift"},
    roles.PRIVACY_OFFICER: set(),
    roles.PARTNER_MANAGER: {"schools.partner:verify", "schools.guardianship:end"},
    roles.ADMINISTRATOR: {"accounts.user:rights", "accounts.suspension:decide"},
    "superuser": {"accounts.user:suspend", "accounts.user:rights", "accounts.suspension:decide",
                  "accounts.suspension:lift", "schools.partner:verify",
                  "schools.guardianship:end"},
}  # fmt: skip
# Other addresses of the staff's pages → who may GET and who may POST there.
OTHERS = {
    "privacy_record": ({roles.PRIVACY_OFFICER}, {roles.PRIVACY_OFFICER}),
    "privacy_record_csv": ({roles.PRIVACY_OFFICER}, {roles.PRIVACY_OFFICER}),
    "privacy_policyrelease_draft": ({roles.PRIVACY_OFFICER}, {roles.PRIVACY_OFFICER}),
    "privacy_policyrelease_announce": (set(), {roles.PRIVACY_OFFICER}),
    "privacy_policyrelease_withdraw": (set(), {roles.PRIVACY_OFFICER}),
    "privacy_request_act": (set(), {roles.SUPPORT, roles.PRIVACY_OFFICER}),  # words to an enquiry
}
EVERYBODY = [*OPENS, "superuser"]


def staff_in(role: str) -> User:
    if role == "superuser":
        return User.objects.create_superuser("root1", "root1@mail.example", "x" * 12)
    return member_of(role)


@pytest.fixture
def filled(db: None) -> User:
    """Two people who filled in everything: there is a row of nearly every kind."""
    one, other = Canary("kea"), Canary("owl")
    one.fill(other)
    return one.user


def pages() -> list[tuple[str, str, Any]]:
    """Return each page of the admin: its label, the beginning of its addresses, itself."""
    return [
        (model._meta.label_lower, f"admin:{model._meta.label_lower.replace('.', '_')}", page)
        for model, page in admin.site._registry.items()
    ]


def key_of(page: Any) -> Any:
    """Return the key of a row; where there is none, of one that nobody has."""
    row = page.model._default_manager.order_by("pk").first()
    return row.pk if row is not None else 0


def allowed(answer: Any) -> bool:
    assert answer.status_code in {200, 302, 403, 422}, answer.status_code
    return answer.status_code != 403


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16")
@pytest.mark.parametrize("role", EVERYBODY)
def test_each_cell_of_the_table_of_roles(filled: User, role: str) -> None:
    """Look, add, change, delete, history, by GET and by POST, of every model."""
    client = signed_in(staff_in(role))
    assert client.get(reverse("admin:index")).status_code == 200
    found: dict[str, set[str]] = {"opened": set(), "added": set(), "changed": set(),
                                  "deleted": set()}  # fmt: skip
    for label, name, page in pages():
        key = key_of(page)
        one = {what: reverse(f"{name}_{what}", args=[key]) for what in ("change", "history",
                                                                         "delete")}  # fmt: skip
        cells = [
            ("opened", allowed(client.get(reverse(f"{name}_changelist")))),
            ("added", allowed(client.get(reverse(f"{name}_add")))),
            ("added", allowed(client.post(reverse(f"{name}_add"), {}))),
            ("deleted", allowed(client.get(one["delete"]))),
            ("deleted", allowed(client.post(one["delete"], {"post": "yes"}))),
        ]
        if page.list_display_links is not None:
            cells.append(("opened", allowed(client.get(one["change"]))))
            if key:  # of a row that isn't there it says no more than that
                cells.append(("opened", allowed(client.get(one["history"]))))
        if allowed(client.get(one["change"])):
            client.post(one["change"], {**REASON})
        cells.append(("changed", allowed(client.post(one["change"], {}))))
        for what in ("opened", "added", "changed", "deleted"):
            seen = {yes for kind, yes in cells if kind == what}
            assert len(seen) == 1, (label, what, cells)
            if seen == {True}:
                found[what].add(label)
    whole = {label for label, _name, _page in pages()}
    if role == "superuser":
        assert found["opened"] == whole
        assert found["added"] == set().union(*ADDS.values()) | {"privacy.newsletter"}
        assert found["changed"] == found["deleted"] == {"privacy.newsletter"}
    else:
        assert found["opened"] == OPENS[role]
        assert found["added"] == ADDS.get(role, set())
        assert found["changed"] == found["deleted"] == set()


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16")
def test_each_role_does_what_its_row_says_and_nothing_else(filled: User) -> None:
    """Actions, deeds and other addresses: offered or not, and sent in spite of it."""
    member, other, setter = person("someone"), person("another"), member_of(roles.MODERATOR, "mo")
    said: Any = {"ground": "rules", "reason": "They sold tickets.", "days": 3}
    first, second = (suspensions.suspend(one, setter, **said) for one in (other, person("third")))
    suspensions.appeal(second.user, "I did not.")
    rows = {
        "accounts.user:suspend": member, "accounts.user:rights": member,
        "accounts.suspension:lift": first, "accounts.suspension:decide": second,
        "schools.partner:verify": school("mark-school-draft", "draft"),
        "schools.guardianship:end": School().tie,
    }  # fmt: skip
    for role in EVERYBODY:
        try_the_deeds(role, {label: row.pk for label, row in rows.items()})


def try_the_deeds(role: str, rows: dict[str, int]) -> None:
    client = signed_in(staff_in(role))
    acts, deeds = set(), set()
    for label, name, page in pages():
        listed = client.get(reverse(f"{name}_changelist"))
        offered = set()
        if listed.status_code == 200:
            offered = set(page.get_actions(listed.wsgi_request))
        acts |= {f"{label}:{act}" for act in offered}
        for act in set(page.actions or ()) - offered:
            sent = {"action": act, "_selected_action": [str(key_of(page))]}
            answer = client.post(reverse(f"{name}_changelist"), sent, follow=True)
            refused = answer.status_code == 403 or b"No action selected" in answer.content
            assert refused or not offered, (label, act)  # a list without actions takes none
        for deed in getattr(page, "deeds", ()):
            one = f"{label}:{deed.name}"
            path = reverse(f"{name}_do", args=[rows[one], deed.name])
            may = {client.get(path).status_code != 403, client.post(path, {}).status_code != 403}
            assert len(may) == 1, one
            deeds |= {one} if may == {True} else set()
    assert (acts, deeds) == (ACTS[role], DEEDS[role])
    theirs = roles.PRIVACY_OFFICER if role == "superuser" else role
    for name, (get, post) in OTHERS.items():
        more = [(key_of(admin.site._registry[model])) for model in admin.site._registry
                if name.startswith(f"privacy_{model._meta.model_name}_")]  # fmt: skip
        args = {"privacy_policyrelease_draft": [], "privacy_record": [], "privacy_record_csv": [],
                "privacy_request_act": [*more, "note"]}.get(name, more)  # fmt: skip
        path = reverse(f"admin:{name}", args=args)
        assert (client.get(path).status_code not in {403, 405}) == (theirs in get), name
        assert (client.post(path, {}).status_code not in {403, 405}) == (theirs in post), name
    request = key_of(admin.site._registry[Request])
    for act in set(DEEDS_OF_THE_DESK) - WORDS:
        path = reverse("admin:privacy_request_act", args=[request, act])
        assert (client.post(path, {}).status_code == 302) is (theirs == roles.PRIVACY_OFFICER), act


def test_every_address_of_the_staff_stands_in_the_table() -> None:
    usual = r"_(changelist|add|history|delete|change|do)$"
    names = {
        pattern.name
        for page in admin.site._registry.values()
        for pattern in page.get_urls()
        if isinstance(pattern, URLPattern) and pattern.name
    }
    assert {name for name in names if re.search(usual, name) is None} == set(OTHERS)


def test_roles_hold_what_is_written_and_nothing_added_by_hand(db: None) -> None:
    group = Group.objects.get(name=roles.MODERATOR)
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    roles.write_roles()
    assert set(group.permissions.values_list("codename", flat=True)) == before


def test_a_role_with_a_permission_that_does_not_exist_fails(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(roles.DOES, roles.MODERATOR, ("accounts.fly",))
    with pytest.raises(LookupError, match=r"accounts\.fly"):
        roles.write_roles()


def test_what_was_given_by_hand_ends_with_the_next_migrate(cast: Cast) -> None:
    owner = cast["owner"]
    made = Group.objects.create(name="Friends of the house")
    made.permissions.set(Permission.objects.all())
    owner.groups.add(made)
    owner.user_permissions.add(Permission.objects.get(codename="view_profile"))
    roles.write_roles()
    assert (owner.groups.count(), owner.user_permissions.count()) == (0, 0)
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.LOOKS_AT)


# Nothing passes the reason ---------------------------------------------------------------


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16", "MJ-08")
def test_an_action_on_a_list_asks_for_the_reason_first(cast: Cast) -> None:
    from privacy import consent
    from privacy.notices import newsletter

    consent.give(cast["owner"], newsletter.KEY, channel="settings")
    client = signed_in(member_of(roles.SUPPORT))
    path = reverse("admin:accounts_user_changelist")
    keys = [str(cast[name].pk) for name in ("owner", "stranger")]
    sent = {"action": "end_news", "_selected_action": keys}
    asked = client.post(path, {**sent, "index": "0"})
    assert "Nothing was done yet" in asked.content.decode()
    assert consent.has(cast["owner"], newsletter.KEY) and AccessLogEntry.objects.count() == 0
    short = client.post(path, {**sent, **REASON, "reason": "no"})
    assert short.status_code == 422
    assert consent.has(cast["owner"], newsletter.KEY) and AccessLogEntry.objects.count() == 0
    assert client.post(path, {**sent, **REASON}).status_code == 302
    assert not consent.has(cast["owner"], newsletter.KEY)
    assert set(AccessLogEntry.objects.values_list("user__username", "reason")) == {
        ("owner", REASON["reason"]), ("stranger", REASON["reason"]),
    }  # fmt: skip
    assert REASON["reason"] in cast.client("stranger").get(reverse("access_log")).content.decode()


@pytest.mark.clause("staff-looks")
def test_no_row_about_people_is_deleted_by_hand_and_profiles_stay_whole(cast: Cast) -> None:
    boss = signed_in(User.objects.create_superuser("root1", "root1@mail.example", "x" * 12))
    profile = Profile.objects.get(user=cast["owner"])
    page = reverse("admin:accounts_profile_delete", args=[profile.pk])
    assert [boss.get(page).status_code, boss.post(page, {"post": "yes"}).status_code] == [403, 403]
    bulk = {"action": "delete_selected", "_selected_action": [str(profile.pk)], "post": "yes"}
    boss.post(reverse("admin:accounts_profile_changelist"), bulk)
    assert Profile.objects.filter(pk=profile.pk).exists()
    assert cast.client("stranger").get("/@owner/").status_code == 200


# What lists show -------------------------------------------------------------------------


@pytest.mark.clause("staff-lists")
@pytest.mark.promise("MJ-08")
def test_lists_show_usernames_and_nothing_else_of_a_person(filled: User) -> None:
    """Every list, by a superuser, with two people who filled in everything."""
    boss = signed_in(User.objects.create_superuser("root1", "root1@mail.example", "x" * 12))
    code = filled.username.removesuffix("name")
    shown = {}
    for label, name, _page in pages():
        text = boss.get(reverse(f"{name}_changelist")).content.decode()
        shown[label] = set(re.findall(rf"{code}\w+", text)) - {filled.username}
        shown[label] |= set(re.findall(r"[\w*•…]+@[\w*•…]+\.\w+", text))
    # No words of a person's: services, roles, pages of the site, the address of a band.
    assert {label: marks for label, marks in shown.items() if marks} == {
        "privacy.disclosure": {f"{code}provider", f"{code}recipient"},
        "privacy.accesslogentry": {f"{code}model", f"{code}role"},
        "privacy.usageevent": {f"{code}page"},
        "bands.band": {f"{code}slug"},
    }
    listed = boss.get(reverse("admin:accounts_profile_changelist")).content.decode()
    assert filled.username in listed  # people are named, by the one name that is public


@pytest.mark.clause("staff-lists")
@pytest.mark.promise("MJ-08")
def test_no_search_of_a_list_finds_an_address_by_a_piece_of_it(cast: Cast) -> None:
    client = signed_in(member_of(roles.SUPPORT))
    for name in ("admin:accounts_user_changelist", "admin:account_emailaddress_changelist"):
        whole = client.get(reverse(name), {"q": "owner@mail.example"})
        assert whole.context["cl"].result_count == 1
        assert client.get(reverse(name), {"q": "mail.example"}).context["cl"].result_count == 0
    for column in ("email__startswith", "password__startswith", "profile__bio__contains"):
        asked = client.get(reverse("admin:accounts_user_changelist"), {column: "o"})
        assert asked.status_code == 400, column  # a list is narrowed by its own filters alone
    assert client.get(reverse("admin:accounts_user_changelist"), {"state": "active"})


def test_pages_are_named_in_words() -> None:
    names = {label: str(page.opts.verbose_name_plural) for label, _name, page in pages()}
    assert {
        names[one] for one in ("accounts.plays", "sessions_app.mix", "schools.schoolclass")
    } == {"plays", "mixes", "classes"}
    odd = re.compile(r"(ss|xs|zs|[^aeiou]ys|chs|shs|staffs|withs|ables|mans)$")
    assert [name for name in names.values() if odd.search(name)] == []
