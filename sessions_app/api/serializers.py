"""What the API shows. Every row came through the gate; these only give it shape."""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.identity.queries import shown_person
from foundation.strict import StrictBody
from privacy.gate.audiences import OF_BANDS, Audience
from privacy.sharing.media import save_url_for, url_for
from sessions_app import titles
from sessions_app.models import JamSession, Recording, Stem
from sessions_app.models.latency import Grade
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.models.sessions import LARGE_SEATS, SEATS
from sessions_app.services import uploads

RECORDING_AUDIENCES = [audience.value for audience in Audience]
SESSION_AUDIENCES = [audience for audience in RECORDING_AUDIENCES if audience != "me"]


def _one_of(words: list[str]) -> dict[str, Any]:
    """Return the schema of one of a few words (the generator can't tell two `enum`s apart)."""
    return {"type": "string", "oneOf": [{"const": word} for word in words]}


@extend_schema_field(_one_of(SESSION_AUDIENCES))
class SessionAudience(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SESSION_AUDIENCES, **kwargs)


class BandName(serializers.Serializer[Any]):
    """The band whose thing it is; null also for whoever may not see the band."""

    slug = serializers.CharField()
    name = serializers.CharField()


class SessionSerializer(StrictBody, serializers.ModelSerializer[JamSession]):
    """A session, now or planned: with `starts_at` (and `zone`) it is later."""

    id = serializers.CharField(source="public_id", read_only=True)
    host = serializers.SerializerMethodField()
    band = BandName(source="of_band", read_only=True, allow_null=True)
    players = serializers.IntegerField(source="player_count", read_only=True)
    audience = SessionAudience(default="participants")
    open = serializers.BooleanField(source="is_open", read_only=True)
    live = serializers.BooleanField(
        source="is_live", read_only=True, help_text="whether somebody is in the room now"
    )
    locked = serializers.BooleanField(
        source="is_locked", read_only=True, help_text="whether nobody takes a new seat for now"
    )
    inside = serializers.SerializerMethodField(help_text="who is in now, of whom you may know it")
    url = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="when it begins; null: it was opened at once"
    )
    zone = serializers.CharField(
        required=False, allow_blank=True, max_length=40,
        help_text="IANA name of the clock by which `starts_at` is meant, and repeated",
    )  # fmt: skip
    seats = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=LARGE_SEATS - 1,
        help_text="slugs of the instruments that are wanted, each as often as there are seats",
    )  # fmt: skip
    places = serializers.IntegerField(
        required=False, min_value=SEATS, max_value=LARGE_SEATS,
        help_text="how many play at once, with the host; beyond 8 where the site has a media "
        "server, and fixed once the room is open",
    )  # fmt: skip
    free = serializers.SerializerMethodField(help_text="those of `seats` that are free")
    planned = serializers.BooleanField(
        source="is_coming", read_only=True, help_text="to come; its room isn't open yet"
    )
    cancelled = serializers.SerializerMethodField()
    latency = serializers.SerializerMethodField(
        help_text="delay to expect with who plays there: good, fair or poor; null: not known"
    )

    class Meta:
        model = JamSession
        fields = [
            "id",
            "title",
            "about",
            "host",
            "band",
            "players",
            "audience",
            "open",
            "live",
            "locked",
            "inside",
            "closes_at",
            "created_at",
            "url",
            "planned",
            "cancelled",
            "starts_at",
            "ends_at",
            "opens_at",
            "zone",
            "minutes",
            "genre",
            "tempo",
            "key",
            "welcome",
            "recording_wish",
            "latency",
            "seats",
            "places",
            "free",
            "approval",
            "weekly",
        ]
        read_only_fields = ["closes_at", "created_at", "opens_at"]

    ends_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_latency(self, session: Any) -> str | None:
        return Grade(session.latency).name.lower() if session.latency else None

    def get_cancelled(self, session: JamSession) -> bool:
        return session.cancelled_at is not None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_free(self, session: Any) -> list[str]:
        return list((Counter(session.seats) - Counter(session.taken)).elements())

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_inside(self, session: Any) -> list[str]:
        return [peer.username for peer in getattr(session, "inside", [])]

    def get_host(self, session: JamSession) -> str | None:
        host = shown_person(session, "host")
        return host.username if host else None

    def validate_audience(self, audience: str) -> str:
        if audience in OF_BANDS:
            raise serializers.ValidationError("Sessions of a band are opened on the website.")
        return audience

    def get_url(self, session: JamSession) -> str:
        return session.get_absolute_url()

    def to_representation(self, session: JamSession) -> Any:
        shape = super().to_representation(session)
        host = shown_person(session, "host")
        if session.host is not None and host is None:
            # Who is leaving takes their words along.
            shape |= dict.fromkeys(("title", "about", "welcome"), "")
        else:
            shape["title"] = titles.of_session(session, host)
        return shape


class RsvpSerializer(serializers.Serializer[Any]):
    """An answer to a planned session."""

    id = serializers.CharField(source="public_id")
    user = serializers.CharField(source="user.username")
    state = serializers.CharField(
        help_text="going, waiting, pending, refused (by the host), maybe or cant"
    )
    instrument = serializers.CharField(help_text="whose seat it is; empty: none of its own")
    asked_at = serializers.DateTimeField()


class ChatFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    url = serializers.CharField(help_text="where it is saved from")


class ChatLineSerializer(serializers.Serializer[Any]):
    """A line of a room's chat."""

    id = serializers.CharField()
    author = serializers.CharField(source="author.username")
    text = serializers.CharField(allow_blank=True)
    file = ChatFileSerializer(allow_null=True)
    created_at = serializers.DateTimeField()


class SayInChatSerializer(StrictBody, serializers.Serializer[Any]):
    """What is said: words, a file, or both. `ref`: the caller's own id of it."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    ref = serializers.UUIDField(required=False)
    file = serializers.FileField(required=False, max_length=255, allow_empty_file=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("text", "").strip() and "file" not in attrs:
            raise serializers.ValidationError(_("Say something, or share a file."))
        return attrs


class AnswerSerializer(StrictBody, serializers.Serializer[Any]):
    """What somebody says to a planned session."""

    says = serializers.ChoiceField(["going", "maybe", "cant"])
    instrument = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=30,
        help_text="of the session's `seats`, where it has any",
    )  # fmt: skip


class DecisionSerializer(StrictBody, serializers.Serializer[Any]):
    decision = serializers.ChoiceField(["accept", "refuse"])


class CancelSerializer(StrictBody, serializers.Serializer[Any]):
    series = serializers.BooleanField(
        required=False, default=False, help_text="of a weekly one, and all that would follow"
    )


@extend_schema_field(_one_of(RECORDING_AUDIENCES))
class RecordingAudience(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(RECORDING_AUDIENCES, **kwargs)


class RecordingListSerializer(serializers.ListSerializer[Any]):
    """Shapes many recordings at once, without a serializer's work for each field."""

    def to_representation(self, data: Any) -> Any:
        return [shape_of(row) for row in data]


class RecordingSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    band = BandName(allow_null=True)
    players = serializers.ListField(child=serializers.CharField())
    audience = RecordingAudience()
    state = serializers.CharField()
    duration_ms = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    url = serializers.CharField()

    class Meta:
        list_serializer_class = RecordingListSerializer

    def to_representation(self, row: dict[str, Any]) -> Any:
        return shape_of(row)


def shape_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return one row of a recording (see `rows`), completed, as the API shows it."""
    return {
        "id": row["public_id"],
        "title": row["title"],
        "owner": row["owner"],
        "band": row["band"],
        "players": row["players"],
        "audience": row["audience"],
        "state": row["state"],
        "duration_ms": row["duration_ms"],
        "created_at": row["created_at"],
        "url": reverse("recording", args=[row["public_id"]]),
    }


class RecordingDetailSerializer(RecordingSerializer):
    audio_url = serializers.CharField(allow_null=True, help_text="Opus in Ogg")
    aac_url = serializers.CharField(allow_null=True, help_text="AAC in MP4, for every telephone")
    download_url = serializers.CharField(
        allow_null=True, help_text="FLAC, to be saved: with name, tags and picture"
    )
    peaks_url = serializers.CharField(allow_null=True)

    def to_representation(self, row: dict[str, Any]) -> Any:
        mix = self.context["mix"]
        shape = shape_of(row)
        viewer = self.context["viewer"]
        shape["audio_url"] = mix and url_for(mix, "opus", viewer)
        shape["aac_url"] = url_for(mix, "aac", viewer) if mix and mix.aac else None
        shape["download_url"] = mix and save_url_for(mix, "flac", viewer)
        shape["peaks_url"] = mix and reverse("recording_peaks", args=[row["public_id"]])
        return shape


class RecordingChangeSerializer(StrictBody, serializers.ModelSerializer[Recording]):
    audience = RecordingAudience()

    class Meta:
        model = Recording
        fields = ["title", "audience"]

    def validate_audience(self, audience: str) -> str:
        if audience in OF_BANDS and (self.instance is None or self.instance.band_id is None):
            raise serializers.ValidationError("This recording is no band's.")
        return audience


class StemLimits(serializers.Serializer[Any]):
    """What the server takes of a stem; a browser ends by itself before any of it is passed."""

    seconds = serializers.IntegerField()
    chunks = serializers.IntegerField()
    chunk_bytes = serializers.IntegerField()
    bytes_per_second = serializers.IntegerField()


class StorageSerializer(serializers.Serializer[Any]):
    """Bytes."""

    used = serializers.IntegerField()
    limit = serializers.IntegerField()
    left = serializers.IntegerField()


class StemSerializer(serializers.Serializer[Stem]):
    id = serializers.CharField(source="public_id")
    recording = serializers.CharField(source="recording.public_id")
    state = serializers.CharField()
    chunks = serializers.IntegerField(source="chunk_count", allow_null=True)
    received = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    stops_at = serializers.FloatField(source="recording.stops_at_ms", allow_null=True)

    @extend_schema_field(StemLimits)
    def get_limits(self, stem: Stem) -> dict[str, int]:
        return {
            "seconds": LONGEST_MS // 1000,
            "chunks": uploads.MAX_CHUNKS,
            "chunk_bytes": uploads.MAX_CHUNK_BYTES,
            "bytes_per_second": uploads.BYTES_PER_SECOND,
        }

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_received(self, stem: Stem) -> list[int]:
        return list(stem.chunks.order_by("number").values_list("number", flat=True))


class StemCompleteSerializer(StrictBody, serializers.Serializer[Any]):
    """What a browser says of a whole stem. Limits: 3 hours, 2 channels, 8 to 192 kHz,
    points within the recording's own time ± 5 s, a clock within ±500 ppm."""

    chunks = serializers.IntegerField(min_value=1, max_value=uploads.MAX_CHUNKS)
    frames = serializers.IntegerField(min_value=1, max_value=3 * 3600 * 192_000)
    sample_rate = serializers.IntegerField(min_value=8000, max_value=192_000)
    channels = serializers.IntegerField(min_value=1, max_value=2)
    clock = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        min_length=2,
        max_length=20_000,
    )
