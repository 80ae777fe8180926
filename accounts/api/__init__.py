"""The API of people: oneself, and how apps sign in."""
