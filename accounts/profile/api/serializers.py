"""What the API says of people, and what it takes from them about themselves."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.profile import checks
from accounts.profile.models import CHILD_FIELDS, FIELD_AUDIENCES, FIELDS, MAX_INSTRUMENTS
from foundation.strict import StrictBody


class NamedSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class LanguageSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class InstrumentSerializer(StrictBody, serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField(read_only=True)
    level = serializers.IntegerField(min_value=1, max_value=4)
    level_name = serializers.CharField(read_only=True)


class PlaceSerializer(StrictBody, serializers.Serializer[Any]):
    country = serializers.CharField(allow_blank=True, max_length=2)
    country_name = serializers.CharField(read_only=True)
    town = serializers.CharField(allow_blank=True, required=False, max_length=120)


class PersonSerializer(serializers.Serializer[Any]):
    """What the caller may see; a field that isn't shown to them is empty, as one never filled."""

    public_id = serializers.CharField()
    username = serializers.CharField()
    stage_name = serializers.CharField()
    bio = serializers.CharField(help_text="Markdown")
    bio_html = serializers.CharField(help_text="the same as safe HTML")
    status = serializers.CharField()
    photo_url = serializers.CharField(allow_null=True)
    photo_middle_url = serializers.CharField(allow_null=True)
    photo_small_url = serializers.CharField(allow_null=True)
    available_until = serializers.DateTimeField(allow_null=True)
    roles = NamedSerializer(many=True)
    instruments = InstrumentSerializer(many=True)
    genres = NamedSerializer(many=True)
    languages = LanguageSerializer(many=True)
    place = PlaceSerializer(allow_null=True)
    links = serializers.SerializerMethodField()
    phone = serializers.CharField()
    birthday = serializers.DateField(allow_null=True)
    gender = serializers.CharField()
    joined = serializers.DateTimeField()

    def get_links(self, person: dict[str, Any]) -> list[str]:
        return [one["url"] for one in person["links"]]


class MeSerializer(PersonSerializer):
    """Oneself: everything, and who sees it."""

    email = serializers.EmailField(source="own_email")
    real_name = serializers.CharField(help_text="for the account alone; apps never get it")
    findable = serializers.BooleanField()
    audiences = serializers.DictField(child=serializers.CharField())


def _slugs() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=200), max_length=60)


def _instruments(rows: list[dict[str, Any]]) -> Any:
    pairs = [(one["slug"], one["level"]) for one in rows]
    return checks.instruments(pairs[: MAX_INSTRUMENTS + 1])


def _place(row: dict[str, Any] | None) -> Any:
    place = row or {}
    return checks.place(place.get("country", ""), place.get("town", ""))


# What each part of a profile is turned into; each raises ValidationError.
CHECKS: dict[str, Callable[[Any], Any]] = {
    **checks.COLUMNS,
    "instruments": _instruments,
    "place": _place,
    "available_until": checks.until,
}


class MeChanges(StrictBody, serializers.Serializer[Any]):
    """What a person changes of themselves."""

    stage_name = serializers.CharField(allow_blank=True)
    bio = serializers.CharField(allow_blank=True, trim_whitespace=False)
    status = serializers.CharField(allow_blank=True)
    roles = _slugs()
    genres = _slugs()
    languages = _slugs()
    links = _slugs()
    phone = serializers.CharField(allow_blank=True)
    birthday = serializers.CharField(allow_blank=True, allow_null=True)
    gender = serializers.CharField(allow_blank=True)
    instruments = InstrumentSerializer(many=True)
    place = PlaceSerializer(allow_null=True)
    available_until = serializers.DateTimeField(allow_null=True)
    findable = serializers.BooleanField()
    audiences = serializers.DictField(
        child=serializers.ChoiceField([one.value for one in FIELD_AUDIENCES])
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        for name, check in CHECKS.items():
            if name not in attrs:
                continue
            try:
                attrs[name] = check(attrs[name])
            except ValidationError as fault:
                faults[name] = fault.messages
        if unknown := sorted(set(attrs.get("audiences", ())) - set(FIELDS)):
            faults["audiences"] = [f"There is no field of this name: {unknown[0]}"]
        if self.context["user"].is_child and set(attrs) - set(CHILD_FIELDS):
            faults["detail"] = ["A child's profile takes instruments alone."]
        if faults:
            raise serializers.ValidationError(faults)
        return attrs

    def changes(self) -> dict[str, Any]:
        """Return the arguments of `write_profile`."""
        values = dict(self.validated_data)
        instruments = values.pop("instruments", None)
        if "place" in values:
            place = values.pop("place")
            values |= dict(zip(("country", "town_id", "town"), place, strict=True))
        for name, audience in values.pop("audiences", {}).items():
            values[f"{name}_audience"] = audience
        return {"values": values, "instruments": instruments}
