"""Bands for apps: read, through the gate."""
