"""Files in a room's chat: judged by content, cleaned of what they tell, read as the line is."""

import io
import uuid
import wave
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import av
import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from accounts.connections import services as connections
from foundation import limits
from privacy.datamap import retention_job
from sessions_app.models import ChatLine, JamSession, Participant
from sessions_app.services import chat, passing, rooms, sessions, storage, tidying
from sessions_app.shared_files.cleaning import MAX_BYTES, clean
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection
from tests.sessions_app.test_room_chat import committed, heard, in_the_room

__all__ = ["committed", "one_connection"]

MARK = "mark-camera"
PLACE = 0x8825  # EXIF: where a picture was taken


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """A public session of the owner's, the participant in it."""
    return cast.sessions["public"]


def address(jam: JamSession) -> str:
    return reverse("api_session_chat", args=[jam.public_id])


def share(cast: Cast, role: str, jam: JamSession, name: str, data: bytes, **said: Any) -> Any:
    body = {"file": SimpleUploadedFile(name, data), "ref": str(uuid.uuid4()), **said}
    return cast.client(role).post(address(jam), body)


def saved(cast: Cast, role: str, answer: Any) -> Any:
    return cast.client(role).get(answer.json()["file"]["url"])


def stored() -> list[str]:
    folder = chat.FOLDER
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = MARK  # the camera's model
    Image.new("RGB", (3000, 1500), "#336699").save(out, "JPEG", exif=exif)
    return out.getvalue()


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(range(256)) * 400)
    return out.getvalue()


def tagged(kind: str, codec: str) -> bytes:
    """Return half a second of sound in a container, with a tag."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        container.metadata["artist"] = MARK
        stream: Any = container.add_stream(codec, rate=48_000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 24_000), "int16"), format="s16", layout="mono"
        )
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=48_000,
            frame_size=stream.codec_context.frame_size or 0,
        )  # fmt: skip
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": MARK})
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject(MARK),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("secret.txt", MARK.encode())
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): TextStringObject(MARK)}
    )
    for name in ("/AA", "/AF", "/Annots", "/Anything"):
        held = DictionaryObject({NameObject("/Launch"): TextStringObject(MARK)})
        writer.pages[0][NameObject(name)] = ArrayObject([held])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


MIDI = b"MThd\0\0\0\6\0\0\0\1\0\x60" + b"MTrk\0\0\0\4\0\xff\x2f\0"


@pytest.mark.clause("who-sees")
def test_a_file_is_for_who_was_inside_by_then(cast: Cast, jam: JamSession) -> None:
    answer = share(cast, "owner", jam, "chart.txt", b"mark-chart", text="the chart")
    assert answer.status_code == 201
    sessions.join(jam, cast["stranger"])
    statuses = {
        role: saved(cast, role, answer).status_code
        for role in ("owner", "participant", "stranger", "former")
    }
    assert statuses == {
        "owner": 200, "participant": 200, "stranger": 404, "former": 404,
    }  # fmt: skip
    got = saved(cast, "participant", answer)
    assert b"".join(got) == b"mark-chart"
    assert got["Content-Disposition"] == 'attachment; filename="chart.txt"'
    assert got["Content-Type"] == "text/plain"
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert got["Content-Security-Policy"] == policy
    later = share(cast, "participant", jam, "later.txt", b"mark-later")
    connections.block(cast["participant"], cast["owner"])
    assert saved(cast, "owner", later).status_code == 404


def test_the_line_is_listed_with_its_file(cast: Cast, jam: JamSession) -> None:
    answer = share(cast, "owner", jam, "../My chart.TXT", b"A | D", text="  the chart ")
    line = ChatLine.objects.get()
    about = {
        "id": line.public_id,
        "author": cast["owner"].username,
        "text": "the chart",
        "file": {
            "name": "My chart.txt", "size": 5,
            "url": reverse("chat_file", args=[jam.public_id, line.public_id]),
        },
        "created_at": answer.json()["created_at"],
    }  # fmt: skip
    assert answer.json() == about
    assert cast.client("participant").get(address(jam)).json()["results"] == [about]
    assert cast.client("stranger").get(address(jam)).status_code == 404
    shown = cast.client("participant").get(reverse("jam_chat", args=[jam.public_id]))
    assert "My chart.txt" in shown.content.decode()


def test_the_same_file_again_is_stored_once(cast: Cast, jam: JamSession) -> None:
    ref = str(uuid.uuid4())
    answers = [share(cast, "owner", jam, "a.txt", b"one", ref=ref) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert (ChatLine.objects.count(), len(stored())) == (1, 1)


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [
        ("photo.png", picture, "photo.webp"),
        ("take.wav", wav, "take.wav"),
        ("take.mp3", partial(tagged, "mp3", "mp3"), "take.mp3"),
        ("take.flac", partial(tagged, "flac", "flac"), "take.flac"),
        ("take.ogg", partial(tagged, "ogg", "libopus"), "take.ogg"),
        ("take.m4a", partial(tagged, "ipod", "aac"), "take.m4a"),
        ("book.pdf", pdf, "book.pdf"),
        ("song.mid", lambda: MIDI + MARK.encode(), "song.mid"),
        ("song.cho", lambda: b"\xef\xbb\xbf[C]la", "song.cho"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_file_tells_beside_its_content_is_taken_out(
    cast: Cast, jam: JamSession, name: str, data: Callable[[], bytes], kept: str
) -> None:
    answer = share(cast, "owner", jam, name, data())
    assert (answer.status_code, answer.json()["file"]["name"]) == (201, kept)
    content = b"".join(saved(cast, "participant", answer))
    assert MARK.encode() not in content
    assert len(content) == answer.json()["file"]["size"]


def test_sound_stays_what_it_was(cast: Cast, jam: JamSession) -> None:
    content = b"".join(saved(cast, "owner", share(cast, "owner", jam, "take.wav", wav())))
    with wave.open(io.BytesIO(content)) as kept, wave.open(io.BytesIO(wav())) as given:
        assert kept.getparams() == given.getparams()
        assert kept.readframes(10**6) == given.readframes(10**6)


def test_a_picture_is_whole_and_a_pdf_has_its_pages(cast: Cast, jam: JamSession) -> None:
    content = b"".join(saved(cast, "owner", share(cast, "owner", jam, "p.jpg", picture())))
    assert Image.open(io.BytesIO(content)).size == (2400, 1200)
    content = b"".join(saved(cast, "owner", share(cast, "owner", jam, "b.pdf", pdf())))
    read = PdfReader(io.BytesIO(content))
    assert (len(read.pages), read.attachments, read.metadata) == (1, {}, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b.txt", "a b.txt"),
        ("x" * 4096 + ".txt", "x" * 96 + ".txt"),
        ("chart\u202efdp.txt", "chartfdp.txt"),
        ("\u200b\u202e.txt", "file.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ('a\r\nX: y".txt', "a X y.txt"),
    ],
    ids=["nul", "long", "right to left", "nothing to see", "path", "header"],
)
def test_a_name_is_made_fit(given: str, kept: str) -> None:
    assert clean(io.BytesIO(b"la"), given).name == kept


@pytest.mark.parametrize("ends", ["the right", "the seat", "the session"])
def test_whoever_may_not_write_by_then_shares_nothing(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    rights = {"chat": False, "record": True, "tempo": True, "invite": True}

    def meanwhile(upload: Any, name: str) -> Any:
        if ends == "the right":
            passing.set_rights(jam, cast["owner"], cast["participant"], **rights)
        elif ends == "the seat":
            Participant.objects.filter(session=jam, user=cast["participant"]).delete()
        else:
            rooms.close([jam.pk])
        return clean(upload, name)

    monkeypatch.setattr(chat, "clean", meanwhile)
    assert share(cast, "participant", jam, "a.txt", b"la").status_code == 409
    assert (ChatLine.objects.count(), stored()) == (0, [])


NO_PDF = "The PDF is damaged, locked or has more than 200 pages."
NOT_WHAT_IT_SAYS = "The file is damaged, locked or not what its beginning says."


@pytest.mark.parametrize(
    ("name", "data", "status", "says"),
    [
        ("empty.txt", b"", 422, "The file is empty."),
        ("big.txt", b"x" * (MAX_BYTES + 1), 422, "The file is larger than 10 MB."),
        ("tool.exe", b"MZ\x90\0", 422, None),
        ("page.html", b"<script>alert(1)</script>", 422, None),
        ("drawing.svg", b"<svg onload='alert(1)'/>", 422, None),
        ("archive.zip", b"PK\3\4", 422, None),
        ("latin.txt", b"caf\xe9", 422, "The text isn't UTF-8. Save it as UTF-8 and try again."),
        ("take.wav", b"RIFF\0\0\0\0WAVEjunk", 422, NOT_WHAT_IT_SAYS),
        ("take.mp3", b"ID3" + b"\0" * 500, 422, NOT_WHAT_IT_SAYS),
        ("film.mp4", b"\0\0\0\x18ftypisom" + b"\0" * 50, 422, NOT_WHAT_IT_SAYS),
        ("book.pdf", b"%PDF-1.7 nothing", 422, NO_PDF),
        ("song.mid", b"MThd\0\0\0\6\0\0\0\1\0\x60", 422, NOT_WHAT_IT_SAYS),
        ("song.mid", MIDI[:-2], 422, NOT_WHAT_IT_SAYS),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_what_cant_be_shared_says_why_and_leaves_nothing(
    cast: Cast, jam: JamSession, name: str, data: bytes, status: int, says: str | None
) -> None:
    says = says or (
        "Pictures, sound, PDF, MIDI and plain text (also ChordPro, ABC, LilyPond, MusicXML) can be"
        " shared. This is none of them."
    )
    answer = share(cast, "owner", jam, name, data)
    assert (answer.status_code, answer.json()["detail"]) == (status, says)
    assert (ChatLine.objects.count(), stored()) == (0, [])


def test_text_with_a_nul_is_refused_with_its_place(cast: Cast, jam: JamSession) -> None:
    answer = share(cast, "owner", jam, "a.txt", b"before\0after")
    assert answer.status_code == 422
    assert "U+0000" in answer.json()["detail"]
    assert share(cast, "owner", jam, "a.txt", b"la", text="with\0nul").status_code == 400
    assert ChatLine.objects.count() == 0


def test_nothing_said_and_nothing_shared_is_an_error(cast: Cast, jam: JamSession) -> None:
    empty = cast.client("owner").post(address(jam), {"text": " "}, "application/json")
    assert empty.status_code == 400
    said = cast.client("owner").post(address(jam), {"text": "hello"}, "application/json")
    assert (said.status_code, said.json()["text"], said.json()["file"]) == (201, "hello", None)


def test_who_may_not_write_shares_nothing(cast: Cast, jam: JamSession) -> None:
    rights = {"chat": False, "record": True, "tempo": True, "invite": True}
    passing.set_rights(jam, cast["owner"], cast["participant"], **rights)
    assert share(cast, "participant", jam, "a.txt", b"la").status_code == 409
    assert share(cast, "stranger", jam, "a.txt", b"la").status_code == 404
    assert cast.client("anonymous").post(address(jam), {"text": "la"}).status_code == 401
    rooms.close([jam.pk])
    assert share(cast, "owner", jam, "a.txt", b"la").status_code == 409
    assert (ChatLine.objects.count(), stored()) == (0, [])


def test_limits_hold(cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHAT_FILES", limits.Limit("chat-file", 2, 3600))
    assert [share(cast, "owner", jam, "a.txt", b"la").status_code for _ in range(3)] == [
        201, 201, 429,
    ]  # fmt: skip
    assert storage.use_of(cast["owner"].pk).used - storage.use_of(cast["stranger"].pk).used >= 4
    monkeypatch.setattr(storage, "limit_bytes", lambda: 1)
    full = share(cast, "participant", jam, "a.txt", b"la")
    assert (full.status_code, full.json()["limit"]) == (413, 1)


@pytest.mark.clause("how-long")
def test_a_file_goes_with_its_line(
    cast: Cast, jam: JamSession, django_capture_on_commit_callbacks: Any
) -> None:
    for _ in range(2):
        share(cast, "owner", jam, "a.txt", b"la")
    mine = ChatLine.objects.first()
    assert mine is not None
    url = reverse("delete_chat_line", args=[jam.public_id, mine.public_id])
    with django_capture_on_commit_callbacks(execute=True):
        assert cast.client("owner").post(url).status_code == 302
    assert len(stored()) == 1
    long_ago = timezone.now() - timedelta(days=settings.RETENTION_ROOM_WORDS_DAYS + 1)
    JamSession.objects.filter(pk=jam.pk).update(closed_at=long_ago)
    retention_job.enforce()
    assert (ChatLine.objects.count(), stored()) == (0, [])


def test_what_a_killed_process_left_is_tidied(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(cast, "owner", jam, "a.txt", b"la")
    monkeypatch.setattr(tidying, "YOUNG", timedelta(0))
    tidying.delete_orphans()  # of what the cast has no files for
    (name,) = stored()
    ChatLine.objects.all().delete()
    assert tidying.delete_orphans() == [f"{chat.FOLDER}/{name}"]
    assert stored() == []


def test_the_room_is_told_at_once(cast: Cast, jam: JamSession, committed: None) -> None:
    async def story(ada: Socket, ben: Socket) -> list[Any]:
        await sync_to_async(share)(cast, "owner", jam, "chart.txt", b"la", text="mine")
        got = [await heard(socket, "chat") for socket in (ada, ben)]
        return [(frame["name"], frame["text"], frame["file"]["name"]) for frame in got]

    path = PATHS["jam-socket"].format(jam.public_id)
    line = (cast["owner"].username, "mine", "chart.txt")
    assert in_the_room(cast, path, ["owner", "participant"], story) == [line, line]
