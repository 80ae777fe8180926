"""What the API shows. Every row came through the gate; these only give it shape."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from privacy.media import url_for
from sessions_app.models import JamSession, Recording, Stem
from sessions_app.services.recording import MAX_CHUNKS


class SessionSerializer(serializers.ModelSerializer[JamSession]):
    id = serializers.CharField(source="public_id", read_only=True)
    host = serializers.CharField(source="host.username", read_only=True, default=None)
    players = serializers.IntegerField(source="player_count", read_only=True)
    open = serializers.BooleanField(source="is_open", read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = JamSession
        fields = [
            "id",
            "title",
            "about",
            "host",
            "players",
            "audience",
            "open",
            "created_at",
            "url",
        ]
        read_only_fields = ["created_at"]

    def get_url(self, session: JamSession) -> str:
        return session.get_absolute_url()


class RecordingListSerializer(serializers.ListSerializer[Any]):
    """Shapes many recordings at once, without a serializer's work for each field."""

    def to_representation(self, data: Any) -> Any:
        return [shape_of(recording) for recording in data]


class RecordingSerializer(serializers.Serializer[Recording]):
    id = serializers.CharField()
    title = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    players = serializers.ListField(child=serializers.CharField())
    audience = serializers.ChoiceField(choices=["public", "participants", "me"])
    state = serializers.CharField()
    duration_ms = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    url = serializers.CharField()

    class Meta:
        list_serializer_class = RecordingListSerializer

    def to_representation(self, recording: Recording) -> Any:
        return shape_of(recording)


def shape_of(recording: Any) -> dict[str, Any]:
    """Return one recording (from `queries.recordings`, with players) as plain data."""
    return {
        "id": recording.public_id,
        "title": recording.title,
        "owner": recording.owner.username if recording.owner else None,
        "players": [stem.player.username for stem in recording.credits],
        "audience": recording.audience,
        "state": recording.state,
        "duration_ms": recording.duration_ms,
        "created_at": recording.created_at,
        "url": recording.get_absolute_url(),
    }


class RecordingDetailSerializer(RecordingSerializer):
    audio_url = serializers.CharField(allow_null=True)
    peaks_url = serializers.CharField(allow_null=True)

    def to_representation(self, recording: Recording) -> Any:
        mix = self.context["mix"]
        shape = shape_of(recording)
        shape["audio_url"] = mix and url_for(mix, "opus", self.context["viewer"])
        shape["peaks_url"] = mix and reverse("recording_peaks", args=[recording.public_id])
        return shape


class RecordingChangeSerializer(serializers.ModelSerializer[Recording]):
    class Meta:
        model = Recording
        fields = ["title", "audience"]


class StemSerializer(serializers.Serializer[Stem]):
    id = serializers.CharField(source="public_id")
    recording = serializers.CharField(source="recording.public_id")
    state = serializers.CharField()
    chunks = serializers.IntegerField(source="chunk_count", allow_null=True)
    received = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_received(self, stem: Stem) -> list[int]:
        return list(stem.chunks.order_by("number").values_list("number", flat=True))


class StemCompleteSerializer(serializers.Serializer[Any]):
    """What a browser says of a whole stem. Limits: 3 hours, 2 channels, 8 to 192 kHz."""

    chunks = serializers.IntegerField(min_value=1, max_value=MAX_CHUNKS)
    frames = serializers.IntegerField(min_value=1, max_value=3 * 3600 * 192_000)
    sample_rate = serializers.IntegerField(min_value=8000, max_value=192_000)
    channels = serializers.IntegerField(min_value=1, max_value=2)
    clock = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        min_length=2,
        max_length=20_000,
    )
