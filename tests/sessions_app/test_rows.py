"""The rows of lists: whatever people wrote stays text, and each state says what it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

HOSTILE = "<script>alert(1)</script>\"' onmouseover=x"
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27; onmouseover=x"


class Somebody:
    url, photo_url, username, handle, instrument = '/@mira/"', "", "mira", "", ""
    name = HOSTILE
    public_id = "mira"


def recording(**other: Any) -> dict[str, Any]:
    return {
        "public_id": "abc", "title": HOSTILE, "url": "/recordings/abc/", "owner": Somebody(),
        "band_name": HOSTILE, "band_url": "/bands/x/", "players": [Somebody() for _ in range(6)],
        "duration_ms": 187_999, "audience": "public", "state": "ready", "created_at": None,
        "audio_url": "/media/a&b", "aac_url": None, "peaks_url": HOSTILE, "refresh_url": HOSTILE,
    } | other  # fmt: skip


def session(**other: Any) -> dict[str, Any]:
    return {
        "title": HOSTILE, "url": "/jam/abc/", "host": Somebody(), "band_name": HOSTILE,
        "band_url": "/bands/x/", "audience": "me", "is_open": True, "is_live": True,
        "inside": [Somebody()], "created_at": None, "is_cancelled": False, "is_coming": False,
        "is_over": False, "starts_at": None, "genre": HOSTILE, "key": "", "tempo": None,
        "wanted": [HOSTILE], "recording_wish": "none", "recording_wish_words": HOSTILE,
        "latency": None, "public_id": HOSTILE, "free": 2, "is_locked": False,
        "seated": [{"face": Somebody(), "instrument": HOSTILE} for _ in range(6)],
        "action": {"words": HOSTILE, "url": HOSTILE, "how": "post"},
    } | other  # fmt: skip


def written(text: str, **context: Any) -> str:
    return Template(text).render(Context({"csrf_token": "key", **context}))


def row(**other: Any) -> str:
    return written("{% recording_row recording %}", recording=recording(**other))


def test_what_people_wrote_is_text_wherever_it_stands() -> None:
    for text in (
        row(),
        row(audio_url=None, state="failed"),
        written("{% recording_row recording drop=True %}", recording=recording()),
        written("{% session_card session %}", session=session()),
        found(),
        written("{% player src=it peaks=it label=it ms=5 size=it aac=it %}", it=HOSTILE),
    ):
        assert ("<script" in text, SAFE in text) == (False, True)
        assert "\"' onmouseover" not in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("uploading", "Being mixed. It will be here in a moment."),
        ("processing", "Being mixed. It will be here in a moment."),
        ("recording", "Being recorded now."),
        ("failed", "The mix failed. The takes are safe; open it to try again."),
        ("asking", ""),
    ],
)
def test_a_take_without_sound_says_why_and_how_long_it_is(state: str, said: str) -> None:
    text = row(state=state, audio_url=None)
    paragraph = f'<p class="small soft">{said}</p>'
    assert (paragraph in text, "<wave-player" in text) == (bool(said), False)
    assert '<span class="tabular">3:07</span>' in text
    assert "3:07" not in row()  # the player says it


def test_four_players_are_named_and_the_others_counted() -> None:
    text = row()
    assert (text.count('class="person"'), "<span>and 2 more</span>" in text) == (4, True)
    four = row(players=[Somebody() for _ in range(4)])
    assert (four.count('class="person"'), "more</span>" in four) == (4, False)
    assert row(players=[]).count('class="person"') == 1  # the owner
    assert row(players=[], owner=None).count('class="person"') == 0


def test_taking_it_off_carries_the_key_of_the_form() -> None:
    text = written("{% recording_row recording drop=True %}", recording=recording())
    assert 'name="csrfmiddlewaretoken" value="key"' in text
    assert "csrfmiddlewaretoken" not in row()


def test_what_is_planned_says_when_and_who_is_wanted() -> None:
    at = timezone.now() + timedelta(days=3)
    ahead = {"is_coming": True, "is_open": False, "is_live": False, "starts_at": at,
             "genre": "Jazz", "key": "A minor", "tempo": 120,
             "wanted": ["Voice", "Drum kit"]}  # fmt: skip
    text = written("{% session_card session %}", session=session(**ahead))
    assert "Planned" in text
    assert f'<time datetime="{timezone.localtime(at).isoformat()}" data-local="full">' in text
    assert "Jazz · A minor · 120 bpm · wanted: Voice, Drum kit" in text
    off = session(**ahead | {"is_coming": False, "is_over": True, "is_cancelled": True})
    text = written("{% session_card session %}", session=off)
    assert "called off" in text and "wanted" not in text


def test_rooms_say_who_is_in() -> None:
    said = {
        (live, there, is_open): written(
            "{% inside session %}",
            session=session(is_live=live, is_open=is_open, inside=[Somebody()] * there),
        )
        for live, there, is_open in [
            (True, 2, True), (True, 0, True), (False, 0, True), (False, 0, False)
        ]
    }  # fmt: skip
    assert [words in text for words, text in zip(
        ("In now", "Somebody is in", "Open, nobody in", "Closed"), said.values(), strict=True
    )] == [True] * 4  # fmt: skip
    assert said[True, 2, True].count('class="person"') == 2


def test_a_badge_that_is_kept_is_in_the_language_of_the_page() -> None:
    texts = []
    for language in ("en", "de", "en"):
        with override(language):
            texts.append(written('{% audience_badge "members" %}'))
    assert texts[0] == texts[2]
    for circle, words in ((True, "My class"), (False, "Members")):
        assert words in written('{% audience_badge "members" %}', circle=circle)


def found(**other: Any) -> str:
    return written("{% find_card session %}", session=session(**other))


def test_a_card_says_a_delay_in_a_word_and_a_sign() -> None:
    text = found(latency={"key": "fair", "words": "fair"})
    assert "Expected delay: fair" in text
    assert '<span class="delay__sign" aria-hidden="true">●●○</span>' in text
    assert "Expected delay" not in found()


def test_a_card_says_what_is_free_and_names_a_few() -> None:
    assert "2 seats free: &lt;" in found()
    assert "Every seat is taken" in found(free=0)
    assert "Locked: nobody takes a new seat for now" in found(is_locked=True)
    assert "and 2 more" in found()


def test_a_card_offers_one_thing_or_none() -> None:
    assert 'name="csrfmiddlewaretoken" value="key"' in found()
    link = found(action={"words": "See the seats", "url": "/jam/abc/", "how": "link"})
    assert "<form" not in link and 'href="/jam/abc/"' in link
    assert "See the seats" not in found(action=None)
