"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import rights

__all__ = ["rights"]
