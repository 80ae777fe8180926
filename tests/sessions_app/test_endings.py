"""A take ends by presence, time and limits; nobody has to say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.connections import services
from foundation import limits
from sessions_app.models import JamSession, Mix, Participant, Recording, RecordingConsent, Stem
from sessions_app.services import endings, rooms
from sessions_app.services import recording as recordings
from sessions_app.tasks import sweep
from tests.cast import Cast
from tests.presence import come_in, vanish
from tests.sessions_app.test_api_stems import complete, put


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


@pytest.fixture
def take(cast: Cast, jam: JamSession) -> Recording:
    """A take of two, who are in the room and whose browsers capture."""
    made = begun(cast, jam, "owner", "participant")
    come_in(jam, cast["owner"], cast["participant"], take=made)
    return made


def begun(cast: Cast, jam: JamSession, asker: str, *others: str) -> Recording:
    made = recordings.ask(jam, cast[asker], [cast[name].pk for name in (asker, *others)])
    for name in others:
        recordings.answer(made, cast[name], yes=True)
    made.refresh_from_db()
    assert made.state == "recording"
    return made


def state(take: Recording) -> tuple[str, str]:
    take.refresh_from_db()
    return take.state, take.ending


def minutes_pass(take: Recording, seconds: float) -> None:
    """Have what is remembered of a take lie so much longer back."""
    take.refresh_from_db()
    if take.alone_since is not None:
        take.alone_since -= timedelta(seconds=seconds)
        take.save(update_fields=["alone_since"])


@pytest.mark.clause("recording-consent")
def test_a_take_goes_on_while_one_of_its_players_is_there(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    vanish(jam, cast["participant"])
    for _ in range(3):
        endings.settle()
        minutes_pass(take, 600)
    assert state(take) == ("recording", "")


@pytest.mark.clause("recording-consent")
def test_a_take_ends_a_minute_after_its_last_player_vanished(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    vanish(jam, cast["owner"], cast["participant"])
    endings.settle()
    assert state(take) == ("recording", "")  # perhaps a reload, or our own restart
    minutes_pass(take, 61)
    endings.settle()
    assert state(take) == ("uploading", "empty")
    assert take.stops_at_ms > take.starts_at_ms


def test_who_is_back_within_the_minute_plays_on(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    vanish(jam, cast["owner"], cast["participant"])
    endings.settle()
    come_in(jam, cast["participant"], take=take)
    minutes_pass(take, 61)
    endings.settle()
    assert (state(take), take.alone_since) == (("recording", ""), None)


def test_who_only_listens_or_captures_nothing_keeps_no_take_going(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    vanish(jam, cast["owner"])
    come_in(jam, cast["participant"], cast["stranger"])  # there, and no browser captures
    endings.settle()
    minutes_pass(take, 61)
    endings.settle()
    assert state(take) == ("uploading", "empty")


def test_the_longest_take_is_ended_where_its_time_was_over(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    JamSession.objects.filter(pk=jam.pk).update(created_at=timezone.now() - timedelta(hours=4))
    Recording.objects.filter(pk=take.pk).update(starts_at_ms=10_000.0)
    endings.settle()
    assert state(take) == ("uploading", "limit")
    assert take.stops_at_ms == 10_000.0 + 3 * 3600 * 1000


@pytest.mark.clause("recording-consent")
def test_the_host_who_closes_the_room_ends_the_take(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    assert cast.client("owner").post(f"{jam.get_absolute_url()}close/").status_code == 302
    assert state(take) == ("uploading", "closed")
    jam.refresh_from_db()
    with pytest.raises(recordings.Refused):
        recordings.ask(jam, cast["owner"], [cast["owner"].pk])


def test_closing_a_room_ends_an_asking(cast: Cast, jam: JamSession) -> None:
    asked = recordings.ask(jam, cast["owner"], [cast["owner"].pk, cast["participant"].pk])
    rooms.close([jam.pk])
    assert state(asked) == ("declined", "")
    with pytest.raises(recordings.Refused):
        recordings.answer(asked, cast["participant"], yes=True)
    assert Stem.objects.filter(recording=asked).count() == 0


def test_a_room_that_was_deleted_ends_its_take(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    jam.delete()
    sweep()
    assert state(take) == ("uploading", "closed")


def sent(cast: Cast, take: Recording, name: str) -> None:
    """One player's browser sends all of its sound, and says so."""
    client, stem = cast.client(name), take.stems.get(player=cast[name])
    for number in range(3):
        assert put(client, stem, number).status_code == 204
    start = take.starts_at_ms or 0.0
    answer = complete(client, stem, clock=[[0, start], [3 * 768, start + 48]])
    assert (answer.status_code, answer.json()["state"]) == (200, "stored")


@pytest.mark.clause("takes-survive")
def test_when_all_that_was_played_has_come_it_is_mixed_without_a_stop(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    """Both closed their tabs; what was left on their machines comes from another page."""
    vanish(jam, cast["owner"], cast["participant"])
    sent(cast, take, "owner")
    assert state(take) == ("recording", "")
    sent(cast, take, "participant")
    assert state(take) == ("processing", "empty")
    assert Mix.objects.filter(recording=take, withdrawn_at=None).count() == 1
    come_in(jam, cast["owner"])
    begun(cast, jam, "owner")  # and a new take can begin at once


@pytest.mark.clause("takes-survive")
def test_what_came_before_the_host_closed_is_mixed_when_the_rest_has_come(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    sent(cast, take, "owner")
    rooms.close([jam.pk])
    assert state(take) == ("uploading", "closed")
    sent(cast, take, "participant")
    assert state(take) == ("processing", "closed")


def test_a_take_whose_stems_have_all_come_is_mixed_at_its_stop(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    """A third player's part is taken back; the other two have left and sent theirs."""
    for name in ("owner", "participant"):
        Stem.objects.filter(recording=take, player=cast[name]).update(state="stored")
    recordings.stop(take, cast["owner"].pk)
    assert state(take) == ("processing", "stopped")


def test_without_a_worker_a_new_take_can_begin(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    """Nothing sweeps: who asks for the next take ends what is over."""
    vanish(jam, cast["owner"], cast["participant"])
    come_in(jam, cast["owner"])
    with pytest.raises(recordings.Refused):
        recordings.ask(jam, cast["owner"], [cast["owner"].pk])  # the others may be back in a moment
    minutes_pass(take, 61)
    again = recordings.ask(jam, cast["owner"], [cast["owner"].pk])
    assert (state(take), state(again)) == (("uploading", "empty"), ("recording", ""))


def test_while_valkey_is_away_nobody_is_thought_gone_and_the_clock_still_counts(
    cast: Cast, jam: JamSession, take: Recording, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"  # where nothing listens
    limits.valkey.cache_clear()
    try:
        endings.settle()
        take.refresh_from_db()
        assert (take.state, take.alone_since) == ("recording", None)
        JamSession.objects.filter(pk=jam.pk).update(created_at=timezone.now() - timedelta(hours=4))
        endings.settle()
        assert state(take) == ("uploading", "limit")
    finally:
        limits.valkey.cache_clear()


@pytest.mark.clause("recording-consent")
def test_who_takes_their_sound_back_in_mid_take_ends_it_for_nobody_else(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    url = f"{take.get_absolute_url()}withdraw/"
    assert cast.client("participant").post(url).status_code == 302
    assert state(take) == ("recording", "")
    with pytest.raises(recordings.Refused):
        recordings.stop(take, cast["participant"].pk)
    assert cast.client("owner").post(url).status_code == 302
    assert not Recording.objects.filter(pk=take.pk).exists()  # nobody is left in it


# People who must not be recorded together -----------------------------------------------


def asked(take: Recording) -> dict[str, str]:
    return dict(take.consents.order_by("user__username").values_list("user__username", "answer"))


@pytest.mark.clause("blocks", "recording-consent")
@pytest.mark.parametrize("blocker", [0, 1])
def test_two_guests_behind_a_block_are_not_asked_for_one_take(
    cast: Cast, jam: JamSession, blocker: int
) -> None:
    pair = (cast["former"], cast["stranger"])
    services.block(pair[blocker], pair[1 - blocker])
    present = [cast[name].pk for name in ("owner", "former", "stranger", "participant")]
    made = recordings.ask(jam, cast["owner"], present)
    # Who came first is asked; the other is neither asked, nor told, nor recorded.
    assert asked(made) == {"owner": "yes", "former": "waiting", "participant": "waiting"}
    with pytest.raises(recordings.Refused):
        recordings.answer(made, cast["stranger"], yes=True)
    mine = recordings.ask(cast.sessions["participants"], cast["stranger"],
                          [cast["former"].pk, cast["stranger"].pk])  # fmt: skip
    assert asked(mine) == {"stranger": "yes"}


@pytest.mark.clause("blocks", "recording-consent")
def test_a_block_ends_the_take_that_both_are_in(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    services.block(cast["participant"], cast["owner"])
    endings.settle()
    assert state(take) == ("uploading", "apart")


@pytest.mark.clause("blocks", "recording-consent")
def test_a_block_while_it_is_asked_for_ends_the_asking(cast: Cast, jam: JamSession) -> None:
    present = [cast[name].pk for name in ("owner", "participant", "stranger")]
    made = recordings.ask(jam, cast["owner"], present)
    recordings.answer(made, cast["participant"], yes=True)
    services.block(cast["participant"], cast["stranger"])
    recordings.answer(made, cast["stranger"], yes=True)
    assert (state(made), made.stems.count()) == (("declined", ""), 0)


def test_who_leaves_the_site_in_mid_take_ends_it_for_nobody_else(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    vanish(jam, cast["participant"])
    cast["participant"].leave()
    endings.settle()
    assert state(take) == ("recording", "")


# Who comes later ------------------------------------------------------------------------


@pytest.mark.clause("recording-consent")
def test_who_comes_later_is_asked_before_their_first_sample(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    late = cast["stranger"]
    Participant.objects.create(session=jam, user=late)
    recordings.ask_late(jam, late)
    recordings.ask_late(jam, late)  # again, as after a reload
    consent = RecordingConsent.objects.get(recording=take, user=late)
    assert (consent.answer, consent.text_version) == ("waiting", recordings.LATE_CONSENT_TEXT)
    assert not take.stems.filter(player=late).exists()
    with pytest.raises(recordings.Refused):
        recordings.stop(take, late.pk)  # asked is not recorded
    recordings.answer(take, late, yes=True)
    assert take.stems.get(player=late).state == "capturing"
    assert state(take) == ("recording", "")
    with pytest.raises(recordings.Refused):
        recordings.answer(take, late, yes=False)
    recordings.stop(take, late.pk)
    assert state(take) == ("uploading", "stopped")


@pytest.mark.clause("recording-consent")
def test_a_late_no_ends_nothing_and_can_become_a_yes_while_it_runs(
    cast: Cast, jam: JamSession, take: Recording
) -> None:
    late = cast["stranger"]
    recordings.ask_late(jam, late)
    recordings.answer(take, late, yes=False)
    assert (state(take), take.stems.count()) == (("recording", ""), 2)
    recordings.answer(take, late, yes=True)
    assert take.stems.count() == 3
    recordings.stop(take, cast["owner"].pk)
    with pytest.raises(recordings.Refused):
        recordings.answer(take, late, yes=True)


@pytest.mark.clause("blocks", "recording-consent")
@pytest.mark.parametrize("when", ["before it began", "before they came", "before they agreed"])
def test_nobody_joins_a_take_of_somebody_behind_a_block(
    cast: Cast, jam: JamSession, when: str
) -> None:
    late = cast["stranger"]
    if when == "before it began":
        come_in(jam, late)
        services.block(cast["participant"], late)
    take = begun(cast, jam, "owner", "participant")
    if when == "before they came":
        services.block(late, cast["participant"])
    recordings.ask_late(jam, late)
    assert asked(take).get("stranger") == ("waiting" if when == "before they agreed" else None)
    if when == "before they agreed":
        services.block(late, cast["participant"])
    with pytest.raises(recordings.Refused):
        recordings.answer(take, late, yes=True)
    assert not take.stems.filter(player=late).exists()


@pytest.mark.clause("recording-consent")
def test_who_came_while_it_was_asked_for_is_asked_when_it_begins(
    cast: Cast, jam: JamSession
) -> None:
    made = recordings.ask(jam, cast["owner"], [cast["owner"].pk, cast["participant"].pk])
    come_in(jam, cast["owner"], cast["participant"], cast["stranger"])
    recordings.answer(made, cast["participant"], yes=True)
    assert asked(made) == {"owner": "yes", "participant": "yes", "stranger": "waiting"}
    assert (state(made), made.stems.count()) == (("recording", ""), 2)
