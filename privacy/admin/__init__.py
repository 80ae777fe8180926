"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import consent, notices, rights

__all__ = ["consent", "notices", "rights"]
