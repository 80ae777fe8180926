"""The API of sessions, recordings and stems."""
