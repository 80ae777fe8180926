"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import notices, rights

__all__ = ["notices", "rights"]
