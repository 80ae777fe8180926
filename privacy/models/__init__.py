"""The rows behind the machinery, one module for each subject."""

from privacy.models.consent import ConsentRecord
from privacy.models.links import ShareLink
from privacy.models.notices import Notice
from privacy.models.rights import Erasure, Export, Tombstone

__all__ = ["ConsentRecord", "Erasure", "Export", "Notice", "ShareLink", "Tombstone"]
