"""What can be wrong with sound. No message holds a path or a name: they end up in logs."""

# these read as what they are: `raise NothingToMix(...)`


class AudioError(Exception):
    """Any fault of the sound given to this package (not of the disk or the machine)."""


class NoClock(AudioError):
    """Not one usable clock point, so the stem has no place in the session."""


class FalseClock(AudioError):
    """The clock points are those of no sound device: the stem has no place to be believed."""


class BadChunk(AudioError):
    """A chunk of a stem is not whole frames of 24-bit PCM.

    ``number`` is the chunk's place in the given order, from 0.
    """

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"chunk {number}: {reason}")
        self.number = number


class EmptyStem(AudioError):
    """The chunks hold no frame at all."""


class UnreadableStem(AudioError):
    """A stem can't be decoded from its first to its last frame; ``stem_id`` says which one."""

    def __init__(self, stem_id: str, reason: str) -> None:
        super().__init__(f"stem {stem_id}: {reason}")
        self.stem_id = stem_id


class NothingToMix(AudioError):
    """No stem is audible: none given, all muted, or all silent."""


class MixTooLong(AudioError):
    """The stems span more time than a mix may; most likely one of them has a wrong start."""


class NotAudio(AudioError):
    """The file's content is no audio of a kind this platform takes."""
