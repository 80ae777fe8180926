"""May do, by one's role in the band; may see is asked of the gate first."""

from bands.models import BandMember

Role = BandMember.Role


def may_run(seat: BandMember | None) -> bool:
    """Owners and admins change the page, invite, and decide about followers."""
    return seat is not None and seat.role in {Role.OWNER, Role.ADMIN}


def may_own(seat: BandMember | None) -> bool:
    """Owners give roles, and end the band."""
    return seat is not None and seat.role == Role.OWNER


def may_take_out(seat: BandMember | None, other: BandMember) -> bool:
    """Admins take out members, owners anybody; each leaves by themselves."""
    if seat is None or seat.pk == other.pk:
        return False
    return may_own(seat) or (may_run(seat) and other.role == Role.MEMBER)
