"""Bands: groups with a page, roles, followers, and sessions and recordings of their own."""
