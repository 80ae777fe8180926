"""Saved sound has a name, tags and a picture, and holds the same samples as what is heard."""

import io
from email.message import Message
from typing import Any

import av
import numpy as np
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from accounts.connections import services
from foundation.filenames import file_name
from sessions_app.audio.encode import AacWriter, FlacWriter
from sessions_app.models import Recording
from tests.cast import Cast, recorded


@pytest.fixture
def take(cast: Cast, tmp_path: Any) -> Recording:
    """Return a public take of two with real sound in it."""
    found = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    Recording.objects.filter(pk=found.pk).update(title="Sunday: porch/2")
    tone = (np.sin(np.arange(48_000) * 0.06) * 0.4).astype(np.float32)
    sound = np.stack([tone, tone], axis=1)
    with FlacWriter(tmp_path / "a.flac", sample_rate=48_000, channels=2) as flac:
        flac.write(sound)
    with AacWriter(tmp_path / "a.m4a") as aac:
        aac.write(sound)
    exact = ContentFile((tmp_path / "a.flac").read_bytes())
    mix = found.mixes.get()
    mix.flac.save(f"{mix.public_id}.flac", exact)
    mix.aac.save(f"{mix.public_id}.m4a", ContentFile((tmp_path / "a.m4a").read_bytes()))
    for stem in found.stems.all():
        stem.file.save(f"{stem.public_id}.flac", exact)
    return Recording.objects.get(pk=found.pk)


def saved(answer: Any) -> tuple[str, dict[str, str], bytes]:
    """Return the name of a saved file, its tags and all of it."""
    assert answer.status_code == 200
    header = Message()
    header["Content-Disposition"] = answer["Content-Disposition"]
    assert header.get_content_disposition() == "attachment"
    body = b"".join(answer.streaming_content)
    assert len(body) == int(answer["Content-Length"])
    with av.open(io.BytesIO(body), "r") as container:
        return str(header.get_filename()), dict(container.metadata), body


def samples(data: bytes) -> Any:
    with av.open(io.BytesIO(data), "r") as container:
        return np.concatenate([one.to_ndarray() for one in container.decode(audio=0)], axis=1)


@pytest.mark.parametrize("kind", ["flac", "m4a"])
def test_a_mix_is_saved_with_name_tags_and_picture(cast: Cast, take: Recording, kind: str) -> None:
    page = cast.client("stranger").get(take.get_absolute_url())
    column = {"flac": "download_url", "m4a": "download_aac_url"}[kind]
    url = page.context["recording"][column]
    assert f'href="{url}" download' in page.content.decode()
    name, tags, body = saved(cast.client("stranger").get(url))
    stage = [f"mark-stage-{one}" for one in ("owner", "participant")]
    assert name == f"Sunday porch 2 – {stage[0]}, {stage[1]}.{kind}"
    told = {key.lower(): value for key, value in tags.items()}
    assert (told["title"], told["album"]) == ("Sunday: porch/2", "Jamsite")
    assert told["artist"].replace(";", ", ") == ", ".join(stage)
    assert told["date"] == take.created_at.date().isoformat()
    mix = take.mixes.get()
    with (mix.flac if kind == "flac" else mix.aac).open() as plain:
        assert (samples(body) == samples(plain.read())).all()
    with av.open(io.BytesIO(body), "r") as container:
        picture = bytes(next(container.demux(container.streams.video[0])))
    assert Image.open(io.BytesIO(picture)).size == (600, 600)


def test_a_range_of_a_saved_file_is_a_piece_of_the_same(cast: Cast, take: Recording) -> None:
    client = cast.client("stranger")
    url = client.get(take.get_absolute_url()).context["recording"]["download_url"]
    answer: Any = client.get(url)
    whole = b"".join(answer.streaming_content)
    for first, last in ((0, 9), (40, 3000), (len(whole) - 50, len(whole) - 1)):
        part: Any = client.get(url, headers={"Range": f"bytes={first}-{last}"})
        assert part.status_code == 206
        assert b"".join(part.streaming_content) == whole[first : last + 1]


@pytest.mark.clause("blocks")
def test_a_saved_file_names_nobody_behind_a_wall(cast: Cast, take: Recording) -> None:
    services.block(cast["participant"], cast["stranger"])
    client = cast.client("stranger")
    url = client.get(take.get_absolute_url()).context["recording"]["download_url"]
    name, _tags, body = saved(client.get(url))
    assert name == "Sunday porch 2 – mark-stage-owner.flac"
    assert b"participant" not in body


@pytest.mark.clause("recording-consent")
def test_others_save_ones_own_sound_only_after_a_yes(cast: Cast, take: Recording) -> None:
    client = cast.client("participant")
    path = take.get_absolute_url()

    def rows() -> dict[str, Any]:
        stems = client.get(path).context["stems"]
        return {one["player"].username: one["save_url"] for one in stems}

    assert {name: bool(url) for name, url in rows().items()} == {
        "owner": False,
        "participant": True,
    }
    guessed = f"{client.get(path).context['stems'][0]['audio_url']}?save=1"
    assert client.get(guessed).status_code == 404
    mine, tags, _body = saved(client.get(rows()["participant"]))
    assert mine == "Sunday porch 2 – mark-stage-participant.flac"
    assert cast.client("owner").post(f"{path}saving/", {"yes": "1"}).status_code == 302
    theirs, tags, _body = saved(client.get(rows()["owner"]))
    assert theirs == "Sunday porch 2 – mark-stage-owner.flac"
    assert tags["ARTIST"] == "mark-stage-owner"
    cast.client("owner").post(f"{path}saving/", {"yes": "0"})
    assert client.get(guessed).status_code == 404


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j.flac"),
        ("..hidden. ", "hidden.flac"),
        ("\u202egnp.evil", "gnp.evil.flac"),
        ("\x00\n", "sound.flac"),
        ("雪" * 100, f"{'雪' * 60}.flac"),
        ("Jose\u0301", "José.flac"),
    ],
)
def test_a_name_is_one_that_every_system_takes(words: str, name: str) -> None:
    assert file_name(words, "flac") == name
