"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import consent, notices, rights

__all__ = ["consent", "notices", "rights"]
