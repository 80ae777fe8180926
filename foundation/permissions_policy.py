"""What a page may ask of a machine: its camera, its screen (the header Permissions-Policy)."""

from django.http import HttpResponse

HEADER = "Permissions-Policy"
_ALWAYS = "geolocation=(), usb=(), payment=(), interest-cohort=()"
CLOSED = f"{_ALWAYS}, camera=(), display-capture=()"


def with_pictures(response: HttpResponse) -> HttpResponse:
    """Let a page ask for the camera and the screen: where people show each other pictures."""
    response[HEADER] = f"{_ALWAYS}, camera=(self), display-capture=(self)"
    return response
