"""A person's copy: complete by the data map, told in a schema, others by name alone."""

import hashlib
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.connections import services
from accounts.models import Profile, User
from bands.services import bands, members
from messaging import services as messaging
from messaging.models import Message
from privacy import datamap, erasure
from privacy.datamap import registry
from privacy.models import Export
from privacy.portability import export
from privacy.portability.export import parts
from privacy.portability.export.schema import schema
from privacy.portability.export.sections import sections
from privacy.portability.export.values import HIDDEN
from sessions_app.models import ChatLine
from sessions_app.services import publishing
from tests.cast import Cast
from tests.privacy.canaries import Canary
from tests.privacy.copies import Copy
from tests.privacy.world import World

MADE_LATER = {"privacy.export", "privacy.notice"}  # the copy itself, and word of it


@pytest.fixture
def pair(db: None) -> tuple[Canary, Canary]:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    return one, other


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
@pytest.mark.parametrize("role", ["owner", "participant", "former", "stranger", "leaving"])
def test_every_exported_field_of_every_row_stands_in_the_copy(world: World, role: str) -> None:
    user = world.cast[role]
    wanted = {
        item.name: (
            item.rows_of(user).filter(item.exported).count(),
            {name for name, datum in item.fields.items() if datum.export},
        )
        for item in datamap.held()
        if item.subjects and any(datum.export for datum in item.fields.values())
    }
    copy = Copy(user)
    for name, (count, fields) in wanted.items():
        rows = copy.rows(name)
        if name not in MADE_LATER:
            assert len(rows) == count, name
        assert [row for row in rows if set(row) != fields] == []
    listed = {one["name"]: one["count"] for one in copy.about["sections"]}
    received = {name for name in listed if name.startswith(("received.", "played.", "sent."))}
    held = {name for name, (count, _) in wanted.items() if count}
    assert set(listed) - received - MADE_LATER == held - MADE_LATER
    for one in copy.about["sections"]:
        assert len(copy.json(one["file"])) == one["count"]
    in_data = {name for name in copy.names if name.startswith("data/")}
    assert in_data == {one["file"] for one in copy.about["sections"]}


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_personal_data_stays_out_of_copies_only_with_a_reason(monkeypatch: Any) -> None:
    assert datamap.problems() == []
    item = datamap.held_of(Profile)
    silent = {**item.fields, "bio": replace(item.fields["bio"], export=False)}
    monkeypatch.setitem(registry._held, Profile, replace(item, fields=silent))
    assert datamap.problems() == [
        "accounts.Profile.bio stays out of the person's copy, and no note says why."
    ]


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-25")
def test_a_copy_keeps_to_the_schema_it_brings(world: World, client: Client) -> None:
    copy = Copy(world.cast["owner"])
    brought = copy.json("export.schema.json")
    Draft202012Validator.check_schema(brought)
    assert list(Draft202012Validator(brought).iter_errors(copy.about)) == []
    for section in copy.about["sections"]:
        name = section["schema"].removeprefix("export.schema.json#/$defs/")
        one = Draft202012Validator({**brought, "$ref": f"#/$defs/{name}"})
        for row in copy.json(section["file"]):
            assert list(one.iter_errors(row)) == []
            assert not one.is_valid({**row, "more": 1})
            assert not one.is_valid(dict(list(row.items())[1:]))
    published = client.get(reverse("export_schema"))
    assert (published["Content-Type"], published.json()) == ("application/schema+json", brought)
    assert copy.about["schema_version"] == brought["version"]


@pytest.mark.clause("export")
def test_the_schema_has_a_new_version_when_the_data_map_changes(monkeypatch: Any) -> None:
    before = schema()["version"]
    assert schema()["version"] == before
    item = datamap.held_of(Profile)
    shorter = {name: datum for name, datum in item.fields.items() if name != "bio"}
    monkeypatch.setitem(registry._held, Profile, replace(item, fields=shorter))
    assert schema()["version"] != before


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22", "VJ-25")
def test_media_stand_in_the_copy_as_they_were_stored(pair: tuple[Canary, Canary]) -> None:
    copy = Copy(pair[0].user)
    stems = copy.rows("sessions_app.stem")
    assert len(stems) == 3
    for stem in stems:
        name = stem["file"].removeprefix("media/")
        assert copy.zip.read(stem["file"]) == default_storage.open(name).read()
    for line in copy.text("checksums.sha256").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(copy.zip.read(name)).hexdigest() == digest
    told = {line.partition("  ")[2] for line in copy.text("checksums.sha256").splitlines()}
    assert told == set(copy.names) - {"checksums.sha256"}


def test_a_copy_without_one_of_its_files_says_so(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    stem = one.solo.stems.get()
    default_storage.delete(stem.file.name)
    copy = Copy(one.user)
    assert copy.row.missing == 1
    assert copy.about["missing_files"] == [f"media/{stem.file.name}"]
    assert f"<code>media/{stem.file.name}</code>" in copy.text("index.html")


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_others_stand_by_name_only_while_they_can_be_seen(cast: Cast) -> None:
    """The conversation stays, with one's own words; whoever left is nobody's to name."""
    talk = cast.conversation("owner", "participant")
    for name in ("owner", "participant"):
        ref = f"3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c1{len(name) % 10}"
        messaging.write(talk, cast[name], text=f"mark-message-{name}", ref=ref)
    before = Copy(cast["owner"])
    received = before.rows("received.messaging.message")
    assert [(one["author"], one["text"]) for one in received] == [
        ("participant", "mark-message-participant")
    ]
    assert before.row.named == [cast["participant"].pk]
    cast["participant"].leave()
    after = Copy(cast["owner"])
    assert after.rows("received.messaging.message") == []
    assert [one["text"] for one in after.rows("messaging.message")] == ["mark-message-owner"]
    data = "".join(after.text(name) for name in after.names if name.startswith("data/"))
    assert '"participant"' in "".join(before.text(n) for n in before.names if "received" in n)
    assert '"participant"' not in data
    assert after.row.named == []


@pytest.mark.clause("export")
def test_what_is_hidden_now_is_named_by_nothing(cast: Cast) -> None:
    from community.models import Favourite

    for recording in cast.recordings.values():
        Favourite.objects.create(user=cast["stranger"], recording=recording)
    rows = Copy(cast["stranger"]).rows("community.favourite")
    assert [one["recording"] for one in rows] == [
        cast.recordings["public"].public_id, *[HIDDEN] * 5,
    ]  # fmt: skip
    assert {one["user"] for one in rows} == {"stranger"}


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_copies_that_name_somebody_end_when_that_person_leaves(cast: Cast) -> None:
    talk = cast.conversation("owner", "stranger")
    messaging.write(
        talk, cast["stranger"], text="mark-message", ref="3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"
    )
    naming, apart = Copy(cast["owner"]).row, Copy(cast["former"]).row
    running = Export.objects.create(user=cast["participant"])
    assert Export.claim(running.pk) is not None
    erasure.request(cast["stranger"])
    for row in (naming, apart, running):
        row.refresh_from_db()
    now = timezone.now()
    assert (naming.expires_at <= now, apart.expires_at > now) == (True, True)
    assert (running.status, running.round, running.leased_until) == ("waiting", 1, None)


@pytest.mark.clause("export")
def test_a_copy_leaves_out_mixes_that_were_withdrawn(pair: tuple[Canary, Canary]) -> None:
    """Another player left or withdrew: their sound is in the old mix, which is nobody's now."""
    one, other = pair
    publishing.withdraw(one.take, other.user)
    names = Copy(one.user).names
    assert [name for name in names if name.startswith("media/mixes/")] == [
        f"media/{one.solo.mixes.get().opus.name}"
    ]


@pytest.mark.clause("export")
def test_what_is_taken_back_while_a_copy_is_made_is_not_in_it(
    pair: tuple[Canary, Canary], monkeypatch: Any
) -> None:
    """Rows that go after they were written, and before the zip is closed, are taken out again."""
    from privacy.portability.export import job

    one, other = pair
    real = job._gather

    def then_gone(*args: Any) -> None:
        real(*args)
        ChatLine.objects.filter(author=one.user).delete()
        Message.objects.filter(author=other.user).delete()

    monkeypatch.setattr(job, "_gather", then_gone)
    copy = Copy(one.user)
    assert (one.mark("chat") in copy.whole, other.mark("message") in copy.whole) == (False, False)
    assert one.mark("message") in copy.whole


@pytest.mark.clause("export")
def test_a_copy_that_outdates_while_it_is_made_is_begun_anew(
    pair: tuple[Canary, Canary], monkeypatch: Any
) -> None:
    from privacy.portability.export import archive_writer

    one, other = pair
    made = Export.objects.create(user=one.user)
    real = archive_writer.Writer.write

    def withdrawn_meanwhile(writer: archive_writer.Writer) -> Any:
        written = real(writer)
        publishing.withdraw(one.take, other.user)
        return written

    with monkeypatch.context() as patch:
        patch.setattr(archive_writer.Writer, "write", withdrawn_meanwhile)
        export.run(made.pk)
    made.refresh_from_db()
    assert (made.status, made.round, bool(made.file)) == ("waiting", 1, False)
    export.run(made.pk)
    made.refresh_from_db()
    assert (made.status, made.round) == ("done", 1)
    assert f"mark-mix-{other.user.username}" not in default_storage.open(
        made.file.name
    ).read().decode("latin-1")


@pytest.mark.clause("export")
def test_the_page_is_whole_strict_and_links_to_what_is_there(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(parts, "BATCH", 2)
    session = cast.sessions["participants"]
    ChatLine.objects.bulk_create(
        ChatLine(session=session, author=cast["owner"], text=f"<b>line {n}</b>",
                 ref=f"3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c{n:02d}")
        for n in range(5)
    )  # fmt: skip
    copy = Copy(cast["owner"])
    pages = [name for name in copy.names if name.endswith(".html")]
    assert [name for name in pages if "chatline" in name] == [
        f"pages/sessions_app.chatline-000{n}.html" for n in (1, 2, 3)
    ]
    for name in pages:
        text = copy.text(name)
        assert "<script" not in text and "http://" not in text and "https://" not in text
        assert "default-src 'none'; style-src 'sha256-" in text
        for link in re.findall(r'(?:href|src)="([^"#]+)"', text):
            target = PurePosixPath(name).parent / link
            path = str(target).replace("pages/../", "")
            assert path in copy.names, (name, link)
    ids = [one["public_id"] for one in copy.rows("sessions_app.recording")]
    assert [one for one in ids if any(one in copy.text(name) for name in pages)] == []
    assert "<dd>mark-title-owner-public</dd>" in copy.text("pages/sessions_app.stem-0001.html")
    last = copy.text("pages/sessions_app.chatline-0003.html")
    assert "&lt;b&gt;line 4&lt;/b&gt;" in last and "line 3" not in last
    assert [one["text"] for one in copy.rows("sessions_app.chatline")] == [
        f"<b>line {n}</b>" for n in range(5)
    ]


@pytest.mark.clause("export")
def test_a_copy_costs_the_same_queries_whatever_a_batch_holds(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            Copy(cast["stranger"])
        return len(captured)

    talk = cast.conversation("stranger", "owner")
    queries()  # the word of a copy that is ready stands in the next
    counts = []
    for round_, more in enumerate((1, 20)):
        for n in range(more):
            messaging.write(
                talk, cast["stranger"], text="x",
                ref=f"3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c{round_}{n:03d}",
            )  # fmt: skip
        counts.append(queries())
    assert counts[0] == counts[1]


def test_sections_have_one_name_each() -> None:
    names = [one.name for one in sections()]
    assert len(names) == len(set(names))
    assert User in [one.model for one in sections()]


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_what_concerns_a_person_and_is_anothers_row_is_in_their_copy(cast: Cast) -> None:
    """Who follows them as they are shown it, invitations they sent, takes they play on."""
    owner, other = cast["participant"], cast["stranger"]
    for one in (other, cast["former"]):
        services.accept(services.follow(one, owner))
    services.block(cast["former"], owner)
    band = bands.found(owner, name="mark-band", slug="mark-band", audience="public")
    sent = members.invite(band, owner, other)
    copy = Copy(owner)
    assert [one["follower"] for one in copy.rows("received.accounts.follow")] == ["stranger"]
    [invitation] = copy.rows("sent.bands.bandinvite")
    assert (invitation["invited"], invitation["public_id"]) == ("stranger", sent.public_id)
    assert "declined_at" not in invitation
    takes = copy.rows("played.sessions_app.recording")
    # Not the owner's that is shown to nobody, nor what somebody owns who is leaving.
    assert {one["public_id"] for one in takes} == {
        cast.recordings[key].public_id for key in ("public", "participants")
    }
    assert {one["owner"] for one in takes} == {"owner"}
    assert "GDPR Art. 15(4)" in copy.text("index.html")  # what is left out, with its ground
    got = Copy(other).rows("bands.bandinvite")
    assert [one["made_by"] for one in got] == ["participant"]
