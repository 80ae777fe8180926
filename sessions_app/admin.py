"""Sessions and recordings, for staff. Sound itself is not played here."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from sessions_app.models import (
    CalendarFeed,
    ChatLine,
    DirectAnswer,
    DirectChoice,
    Invite,
    JamSession,
    Knock,
    Latency,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Removal,
    Rsvp,
    SfuRoom,
    SfuStay,
    Sheet,
    SheetLine,
    Stem,
    StemChunk,
    StreamConsent,
)


@admin.register(JamSession)
class JamSessionAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "audience", "created_at", "closed_at"]
    list_filter = ["audience"]
    search_fields = ["public_id", "host__username"]


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "state", "audience", "created_at"]
    list_filter = ["state", "audience"]
    search_fields = ["public_id", "owner__username"]


@admin.register(Mix)
class MixAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "status", "percent", "attempts", "error", "withdrawn_at"]
    list_filter = ["status"]
    exclude = ["flac", "opus", "aac", "peaks"]


@admin.register(Stem)
class StemAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "state", "frames", "sample_rate", "drift_ppm"]
    list_filter = ["state"]
    exclude = ["file", "peaks", "clock"]


@admin.register(RecordingConsent)
class RecordingConsentAdmin(ReadOnlyAdmin):
    list_display = ["recording", "user", "answer", "asked_at", "answered_at", "text_version"]
    list_filter = ["answer"]


@admin.register(StreamConsent)
class StreamConsentAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "yes", "answered_at", "text_version"]


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "joined_at"]


@admin.register(Rsvp)
class RsvpAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "state", "instrument", "asked_at"]
    list_filter = ["state"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at"]
    exclude = ["secret_hash"]


@admin.register(Invite)
class InviteAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "created_at", "expires_at", "revoked_at", "used"]


@admin.register(ChatLine)
class ChatLineAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "session", "author", "created_at"]


@admin.register(StemChunk)
class StemChunkAdmin(ReadOnlyAdmin):
    list_display = ["stem", "number", "size"]
    exclude = ["file"]


@admin.register(Removal)
class RemovalAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "by", "created_at"]


@admin.register(Knock)
class KnockAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "state", "created_at"]
    list_filter = ["state"]


@admin.register(Sheet)
class SheetAdmin(ReadOnlyAdmin):
    list_display = ["session", "added_by", "is_notes", "created_at"]


@admin.register(SheetLine)
class SheetLineAdmin(ReadOnlyAdmin):
    list_display = ["sheet", "author", "created_at"]


@admin.register(Latency)
class LatencyAdmin(ReadOnlyAdmin):
    list_display = ["measured_by", "partner", "grade", "measured_at"]
    list_filter = ["grade"]


@admin.register(DirectAnswer)
class DirectAnswerAdmin(ReadOnlyAdmin):
    list_display = ["person", "other", "yes", "answered_at"]
    list_filter = ["yes"]


@admin.register(DirectChoice)
class DirectChoiceAdmin(ReadOnlyAdmin):
    list_display = ["user", "known"]


@admin.register(SfuRoom)
class SfuRoomAdmin(ReadOnlyAdmin):
    list_display = ["session", "status", "made_at", "created_at", "ended_at"]
    list_filter = ["status"]
    exclude = ["name"]


@admin.register(SfuStay)
class SfuStayAdmin(ReadOnlyAdmin):
    list_display = ["user", "status", "began_at", "ended_at"]
    list_filter = ["status"]
    exclude = ["identity"]
