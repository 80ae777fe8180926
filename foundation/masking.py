"""Small helpers for words."""


def masked_address(address: str) -> str:
    """Return an e-mail address with its first letters alone: enough to compare, not to know."""
    name, _, host = address.partition("@")
    site, _, ending = host.rpartition(".")
    return f"{name[:1]}…@{site[:1]}….{ending}"
