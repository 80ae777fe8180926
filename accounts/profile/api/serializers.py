"""What the API says of people, and what it takes from them about themselves."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.models import CHILD_FIELDS, FIELD_AUDIENCES, FIELDS
from foundation.strict import StrictBody

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class PersonSerializer(serializers.Serializer[Any]):
    """What the caller may see; a field that isn't shown to them is empty, as one never filled."""

    public_id = serializers.CharField()
    username = serializers.CharField()
    joined = serializers.DateTimeField()

    def get_fields(self) -> Fields:
        fields: Fields = super().get_fields()
        for field in PROFILE_FIELDS.values():
            fields |= field.answers()
        return fields


class MeSerializer(PersonSerializer):
    """Oneself: everything, and who sees it."""

    email = serializers.EmailField(source="own_email")
    real_name = serializers.CharField(help_text="for the account alone; apps never get it")
    findable = serializers.BooleanField()
    audiences = serializers.DictField(child=serializers.CharField())


class MeChanges(StrictBody, serializers.Serializer[Any]):
    """What a person changes of themselves."""

    findable = serializers.BooleanField()
    audiences = serializers.DictField(
        child=serializers.ChoiceField([audience.value for audience in FIELD_AUDIENCES])
    )

    def get_fields(self) -> Fields:
        fields: Fields = super().get_fields()
        for field in PROFILE_FIELDS.values():
            taken = field.takes()
            if taken is not None:
                fields[field.key] = taken
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        self.columns: dict[str, Any] = {}
        for field in PROFILE_FIELDS.values():
            if field.key in attrs:
                try:
                    self.columns |= field.take(attrs[field.key])
                except ValidationError as fault:
                    faults[field.key] = fault.messages
        if unknown := sorted(set(attrs.get("audiences", ())) - set(FIELDS)):
            faults["audiences"] = [f"There is no field of this name: {unknown[0]}"]
        if self.context["user"].is_child and set(attrs) - set(CHILD_FIELDS):
            faults["detail"] = ["A child's profile takes instruments alone."]
        if faults:
            raise serializers.ValidationError(faults)
        return attrs

    def changes(self) -> dict[str, Any]:
        """Return the arguments of `write_profile`."""
        values, instruments = dict(self.columns), self.columns.get("instruments")
        values.pop("instruments", None)
        if "findable" in self.validated_data:
            values["findable"] = self.validated_data["findable"]
        for name, audience in self.validated_data.get("audiences", {}).items():
            values[f"{name}_audience"] = audience
        return {"values": values, "instruments": instruments}
