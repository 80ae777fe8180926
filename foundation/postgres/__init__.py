"""A database backend whose statements say on whose behalf they are sent."""
