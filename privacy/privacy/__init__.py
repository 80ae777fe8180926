"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import consent, links, notices, rights

__all__ = ["consent", "links", "notices", "rights"]
