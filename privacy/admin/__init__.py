"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import notices, rights

__all__ = ["notices", "rights"]
