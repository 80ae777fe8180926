"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import rights

__all__ = ["rights"]
