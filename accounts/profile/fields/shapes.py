"""What the API says of the parts of a profile that are more than a text."""

from typing import Any

from rest_framework import serializers

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


def listed() -> serializers.ListField:
    """Return a list of short texts; what they may say is checked by the part they are of."""
    return serializers.ListField(child=serializers.CharField(max_length=200), max_length=60)
