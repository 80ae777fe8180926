"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import consent, links, notices, rights

__all__ = ["consent", "links", "notices", "rights"]
