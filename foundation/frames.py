"""Frames that a socket takes: declared with their fields and bounds, read before anything is done.

A class for each type, its fields with lengths and ranges; `read` gives an instance or says what is
wrong with it. What is done with a frame never sees one that wasn't read.
"""

import json
import uuid
from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from foundation import json_input, text

LONGEST = 128 * 1024  # bytes; longer ones end at the protocol (uvicorn's --ws-max-size)
LONGEST_REF = 64


class Frame(BaseModel):
    """One type of frame: what it is called, and what it may hold. Other fields are refused.

    `quick`: done at once, even while a frame before it still waits for the database. Only for
    what asks neither the database nor the order of things.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    t: ClassVar[str]
    quick: ClassVar[bool] = False


class BadFrame(Exception):
    """A frame that can't be done; the message is for the person.

    - `code`: "malformed", "unknown", "invalid", "text" or "length".
    - `for_type`, `ref`: which frame it was, as far as it said so.
    """

    def __init__(self, code: str, said: str, for_type: str = "", ref: str | None = None) -> None:
        super().__init__(said)
        self.code = code
        self.for_type = for_type
        self.ref = ref


def read(raw: str | None, known: dict[str, type[Frame]]) -> Frame:
    """Return what a client sent as one of the known frames. Raises BadFrame."""
    if raw is None:
        raise BadFrame("malformed", _("Frames are text, not bytes."))
    try:
        content = json_input.parse(raw)
    except json_input.Unreadable as why:
        raise BadFrame("malformed", str(why)) from None
    if not isinstance(content, dict):
        raise BadFrame("malformed", _("A frame is an object with a type, “t”."))
    kind, ref = content.pop("t", None), ref_in(content)
    declared = known.get(kind) if isinstance(kind, str) else None
    if declared is None:
        raise BadFrame("unknown", _("There is no such type of frame."), ref=ref)
    try:
        return declared.model_validate(content)
    except ValidationError as error:
        code, said = _fault(error)
        raise BadFrame(code, said, declared.t, ref) from None


def ref_in(content: dict[str, Any]) -> str | None:
    """Return the client's own id in a frame, whatever else is wrong with the frame."""
    ref = content.get("ref")
    if isinstance(ref, str) and len(ref) <= LONGEST_REF and text.is_fit(ref):
        return ref
    return None


def _fault(error: ValidationError) -> tuple[str, str]:
    """Return the first fault as a code and a sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] in {"text", "length", "size"}:
        return first["type"], first["msg"]
    field = ".".join(str(part) for part in first["loc"])[:60]
    if first["type"] == "extra_forbidden":
        # Its name is the client's word: not repeated, it may be anything.
        return "invalid", _("It has a field that such a frame doesn't have.")
    return "invalid", _("“%s” is missing, or isn't what it should be.") % field


# What fields hold -----------------------------------------------------------------------


def _ref(value: str) -> str:
    """Return an id as it came: the answer names it in the same letters."""
    if str(uuid.UUID(value)) != value:
        raise ValueError("an id is written in small letters, with four hyphens")
    return value


Ref = Annotated[str, Field(max_length=LONGEST_REF), AfterValidator(_ref)]
PublicId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]


def _moment(value: str) -> datetime:
    """Return a moment as our frames write it (ISO 8601, with its offset)."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("a moment has an offset")
    return moment


FIRST_YEAR, LAST_YEAR = 1900, 2900  # what every database and time zone can do sums with
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
# Milliseconds of a browser's clock: some 30,000 years either way.
Milliseconds = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]


def words(most: int, least: int = 1) -> AfterValidator:
    """Return what holds a text to a length (without the blanks around it) and to what is kept."""

    def check(value: str) -> str:
        try:
            value = text.fit(value).strip()
        except text.Unfit as why:
            raise PydanticCustomError("text", "{why}", {"why": str(why)}) from None
        if not least <= len(value) <= most:
            said = _("A message has %(least)d to %(most)d characters.")
            bounds = {"least": least, "most": most}
            raise PydanticCustomError("length", "{said}", {"said": said % bounds})
        return value

    return AfterValidator(check)


def at_most(size: int) -> AfterValidator:
    """Return what holds an object to a number of bytes as JSON; it is passed on, not read."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        try:
            bytes_ = len(json.dumps(value, ensure_ascii=False).encode())
        except UnicodeEncodeError:
            why = _("It holds half of a character.")
            raise PydanticCustomError("text", "{why}", {"why": why}) from None
        if bytes_ > size:
            said = _("It has more than %(n)d bytes.") % {"n": size}
            raise PydanticCustomError("size", "{said}", {"said": said})
        return value

    return AfterValidator(check)
