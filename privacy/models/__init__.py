"""The rows behind the machinery, one module for each subject."""

from privacy.models.rights import Erasure, Export, Tombstone

__all__ = ["Erasure", "Export", "Tombstone"]
