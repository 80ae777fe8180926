"""What a network tells of a person, in words of our own: one name for each thing, text values.

Nothing here stores anything. What isn't about the person (ids of tokens, times, audiences) is
left behind; what we have no word for is offered under the name the network gave it.
"""

import re
from datetime import date
from typing import Any

MOST = 40  # things
LONGEST = 2000  # characters of one
# OpenID claims that are about the sign-in and not about the person, or that are asked elsewhere.
TECHNICAL = {
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr", "azp",
    "at_hash", "c_hash", "s_hash", "sid", "hd", "rat", "updated_at", "email", "email_verified",
    "phone_number_verified", "id", "verified_email", "name", "given_name", "family_name",
    "middle_name", "preferred_username", "nickname", "profile", "website", "picture", "gender",
    "birthdate", "zoneinfo", "locale", "phone_number", "address",
}  # fmt: skip
_LINES = re.compile(r"[\r\n]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def read(provider_id: str, answer: dict[str, Any]) -> dict[str, str]:
    """Return what arrived: name → text; things of which there are many stand a line each."""
    reader = {
        "facebook": _facebook,
        "google": _openid,
        "apple": _apple,
        "twitter_oauth2": _x,
    }.get(provider_id, _openid)
    texts = ((name, _text(value)) for name, value in reader(answer).items())
    return dict([(name, text) for name, text in texts if text][:MOST])


def claims(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the claims about the person: an OpenID answer has them one level down."""
    for name in ("userinfo", "id_token"):
        if isinstance(answer.get(name), dict):
            inner: dict[str, Any] = answer[name]
            return inner
    return answer


def oldest_birth(answer: dict[str, Any]) -> date | None:
    """Return the earliest day on which the person can have been born, if the network says.

    A year alone is taken as its first day, so that nobody is taken for younger than they are.
    """
    said = claims(answer)
    text = _birthday(said.get("birthday")) or _birthday(said.get("birthdate"))
    if not re.match(r"\d{4}", text):
        return None
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _facebook(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": answer.get("name"),
        "gender": answer.get("gender"),
        "location": _name_of(answer.get("location")),
        "link": answer.get("link"),
        "timezone": _offset(answer.get("timezone")),
        "birthday": _birthday(answer.get("birthday")),
        "picture": _facebook_picture(answer.get("picture")),
        "likes": _names(answer.get("likes")),
        "friends": _names(answer.get("friends")),
    }


def _x(answer: dict[str, Any]) -> dict[str, Any]:
    small = answer.get("profile_image_url")
    return {
        "name": answer.get("name"),
        "username": answer.get("username"),
        "about": answer.get("description"),
        "location": answer.get("location"),
        "link": answer.get("url"),
        # X names the large picture like the small one, without the ending.
        "picture": small.replace("_normal.", "_400x400.") if isinstance(small, str) else None,
    }


def _apple(answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("name")
    parts = [name.get(part) for part in ("firstName", "lastName")] if isinstance(name, dict) else []
    return {"name": " ".join(part for part in parts if isinstance(part, str) and part)}


def _openid(answer: dict[str, Any]) -> dict[str, Any]:
    said = claims(answer)
    whole = [said.get("given_name"), said.get("family_name")]
    links = [said.get("profile"), said.get("website")]
    claimed = {
        "name": said.get("name") or " ".join(part for part in whole if isinstance(part, str)),
        "username": said.get("preferred_username") or said.get("nickname"),
        "gender": said.get("gender"),
        "location": _address(said.get("address")),
        "link": [link for link in links if isinstance(link, str)],
        "timezone": said.get("zoneinfo"),
        "language": said.get("locale"),
        "birthday": _birthday(said.get("birthdate")),
        "picture": said.get("picture"),
        "phone": said.get("phone_number"),
    }
    for claim in sorted(set(said) - TECHNICAL):
        if re.fullmatch(r"[\w.:/-]{1,60}", claim):
            claimed[f"other:{claim}"] = said[claim]
    return claimed


def _text(value: Any) -> str:
    """Return a value as text; lists a line each; what has parts of its own is left behind."""
    if isinstance(value, list):
        lines = [_line(item) for item in value]
        return "\n".join(line for line in lines if line)[:LONGEST]
    return _line(value)


def _line(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _CONTROL.sub("", _LINES.sub(" ", str(value))).strip()[:LONGEST]


def _name_of(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


def _names(value: Any) -> list[Any]:
    rows = value.get("data") if isinstance(value, dict) else None
    return [_name_of(row) for row in rows] if isinstance(rows, list) else []


def _offset(value: Any) -> Any:
    """Return Facebook's hours from UTC as people write them."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 14:
        return value if isinstance(value, str) else ""
    minutes = round(abs(value) * 60)
    return f"UTC{'-' if value < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _birthday(value: Any) -> str:
    """Return 1990-05-17, 1990 or --05-17 from what networks write, or nothing."""
    if not isinstance(value, str):
        return ""
    if american := re.fullmatch(r"(\d\d)/(\d\d)(?:/(\d{4}))?", value):
        month, day, year = american.groups()
        return f"{year or '-'}-{month}-{day}"
    if re.fullmatch(r"0000-\d\d-\d\d", value):  # OpenID's way to leave the year out
        return f"-{value[4:]}"
    return value if re.fullmatch(r"\d{4}(-\d\d-\d\d)?|--\d\d-\d\d", value) else ""


def _facebook_picture(value: Any) -> Any:
    about = value.get("data") if isinstance(value, dict) else None
    if not isinstance(about, dict) or about.get("is_silhouette"):
        return None
    return about.get("url")


def _address(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    parts = [value.get(part) for part in ("locality", "region", "country")]
    return ", ".join(part for part in parts if isinstance(part, str) and part)
