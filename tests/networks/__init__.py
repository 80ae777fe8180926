"""Signing in through networks, against a local one that speaks each protocol over loopback."""
