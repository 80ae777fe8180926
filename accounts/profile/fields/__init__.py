"""The parts of a profile: what each is to forms, pages, the API, copies, the map and the policy."""

from accounts.profile.fields.base import ProfileField, Section
from accounts.profile.fields.registered import PROFILE_FIELDS, SECTIONS

__all__ = ["PROFILE_FIELDS", "SECTIONS", "ProfileField", "Section"]
