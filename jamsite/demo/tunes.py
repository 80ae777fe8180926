"""Seven short pieces. Each gives every player's own sound, in the order of their stems."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jamsite.demo import sound
from jamsite.demo.sound import Instrument, Sound, Track, midi

TAIL = 1.6  # seconds for the last notes to ring


@dataclass(frozen=True)
class Part:
    """One player's stem: who, what it sounds like, where it sits in the mix."""

    player: str
    sound: Sound
    gain: float
    pan: float


class Score:
    """A tempo and a length; turns beats into seconds."""

    def __init__(self, name: str, tempo: float, bars: int, beats: int = 4) -> None:
        self.name, self.beat, self.bar_beats = name, 60 / tempo, beats
        self.seconds = bars * beats * self.beat + TAIL
        self.parts: list[Part] = []

    def track(self, player: str) -> Track:
        return Track(self.seconds, f"{self.name} {player}")

    def at(self, bar: int, beat: float = 0.0) -> float:
        return 0.25 + (bar * self.bar_beats + beat) * self.beat

    def add(
        self, player: str, track: Track, *, gain: float, pan: float = 0.0, room: float = 0.25
    ) -> None:
        self.parts.append(Part(player, track.finish(room=room), gain, pan))

    def sing(
        self, track: Track, tune: str, instrument: Instrument, *, level: float = 0.6,
        length: float = 0.95, up: int = 0,
    ) -> None:  # fmt: skip
        """Play a melody written as "note:beats …"; a dash rests, bars are for the eye."""
        beat = 0.0
        for word in tune.replace("|", " ").split():
            name, _, written = word.partition(":")
            beats = float(written or 1)
            if name != "-":
                note = instrument(midi(name) + up, beats * self.beat * length)
                track.play(self.at(0, beat), note, level)
            beat += beats

    def strum(
        self, track: Track, at: float, keys: Sequence[str], instrument: Instrument, *,
        seconds: float, level: float = 0.5, spread: float = 0.012,
    ) -> None:  # fmt: skip
        for string, name in enumerate(keys):
            track.play(at + string * spread, instrument(midi(name), seconds), level)

    def beats(self, track: Track, drum: Instrument, places: Iterable[float], level: float) -> None:
        """Strike a drum at places counted in beats from the beginning."""
        for number, place in enumerate(places):
            track.play(self.at(0, place), drum(number % 4, 0.3), level)


def _every(bars: int, places: Sequence[float], beats: int = 4) -> list[float]:
    return [bar * beats + place for bar in range(bars) for place in places]


def sunday_porch() -> list[Part]:
    """Fingerpicked in D, a whistle on top, two to the bar from the bass."""
    score = Score("Sunday porch", 88, 8)
    shapes = {
        "D": ["D3", "A2", "F#3", "A3", "D4"], "G": ["G2", "D3", "G3", "B3", "D4"],
        "A": ["A2", "E3", "E3", "A3", "C#4"], "Bm": ["B2", "F#3", "F#3", "B3", "D4"],
    }  # fmt: skip
    chords = ["D", "G", "D", "A", "Bm", "G", "A", "D"]
    guitar, low = score.track("guitar"), score.track("bass")
    for bar, chord in enumerate(chords):
        shape = shapes[chord]
        for step, string in enumerate((0, 2, 4, 3, 1, 3, 4, 2)):
            note = sound.pluck(midi(shape[string]), 1.7)
            guitar.play(score.at(bar, step / 2), note, 0.75 if step % 4 == 0 else 0.5)
        for beat, string in ((0, 0), (2, 1)):
            key = midi(shape[string])
            low.play(score.at(bar, beat), sound.bass(key - 12 if key > 45 else key, 1.25), 0.8)
    last = score.at(8) - 0.25
    score.strum(guitar, last, shapes["D"], sound.pluck, seconds=1.6, level=0.5, spread=0.03)
    tune = score.track("whistle")
    score.sing(
        tune,
        "F#4:1.5 E4:.5 D4 A4 | B4:1.5 A4:.5 G4:2 | F#4 A4 D5:1.5 B4:.5 | A4:3 -:1 |"
        "D5:1.5 C#5:.5 B4 F#4 | G4 B4 A4 G4 | A4:1.5 G4:.5 E4:2 | D4:4",
        sound.whistle,
    )
    score.add("lumen", guitar, gain=0.95, pan=-0.3)
    score.add("saoirse-reel", tune, gain=0.42, pan=0.25, room=0.5)
    score.add("otis-upright", low, gain=0.85)
    return score.parts


def two_past_midnight() -> list[Part]:
    """A minor-key turnaround, swung, with brushes."""
    score = Score("Two past midnight", 104, 8)
    voicings = [
        "Eb3 G3 Bb3 D4", "Eb3 G3 A3 D4", "D3 F3 A3 C4", "D3 G3 Bb3 F4",
        "C3 G3 A3 Eb4", "C3 F#3 A3 Eb4", "Bb2 E3 G3 D4", "B2 F3 Ab3 Eb4",
    ]  # fmt: skip
    walk = (
        "C2 Eb2 G2 E2 | F2 A2 C3 B2 | Bb2 A2 F2 D2 | Eb2 G2 Bb2 B2 |"
        "A2 G2 Eb2 C2 | D2 F#2 A2 Ab2 | G2 Bb2 D3 A2 | G2 B2 F2 Db2"
    )
    piano, low, drums = score.track("piano"), score.track("bass"), score.track("drums")
    for bar, keys in enumerate(voicings):
        names = keys.split()
        score.strum(
            piano, score.at(bar), names, sound.electric_piano, seconds=1.5 * score.beat, level=0.34
        )
        score.strum(
            piano, score.at(bar, 2.67), names[1:], sound.electric_piano, seconds=0.5, level=0.26
        )
    score.sing(
        piano,
        "-:1 G4:.67 Bb4:.33 D5:1.67 C5:.33 | A4:2.67 -:1.33 | -:1 F4:.67 A4:.33 C5:1.67 Bb4:.33 |"
        "G4:3 -:1 | -:1 Eb4:.67 G4:.33 Bb4:1.67 A4:.33 | F#4:1.67 A4:.33 Eb5:2 |"
        "D5:1.67 Bb4:.33 G4:2 | Ab4:.67 G4:.33 F4:1 Eb4:1 D4:1",
        sound.electric_piano,
        level=0.5,
    )
    score.sing(low, f"{walk} | C2:3", sound.bass, level=0.9)
    score.strum(
        piano,
        score.at(8),
        ["Eb3", "G3", "Bb3", "D4"],
        sound.electric_piano,
        seconds=1.5,
        level=0.34,
        spread=0.03,
    )
    score.beats(drums, sound.ride, _every(8, (0, 1, 1.67, 2, 3, 3.67)), 0.2)
    score.beats(drums, sound.brush, _every(8, (1, 3)), 0.5)
    score.beats(drums, sound.brush, _every(8, (0, 2)), 0.22)
    score.beats(drums, sound.kick, _every(8, (0, 2.67)), 0.35)
    score.add("hazel-hammond", piano, gain=0.9, pan=-0.2)
    score.add("otis-upright", low, gain=0.85)
    score.add("brushwork", drums, gain=0.5, pan=0.25, room=0.35)
    return score.parts


def tide_tables() -> list[Part]:
    """Slow chords over a tide of plucked strings."""
    score = Score("Tide tables", 69, 6)
    chords = [
        "F2 C3 A3 E4 G4", "F2 D3 B3 E4 G4", "E2 B2 G3 D4 G4",
        "A2 C3 G3 B3 E4", "F2 C3 A3 E4 G4", "C2 G2 E3 B3 D4",
    ]  # fmt: skip
    clouds, strings = score.track("pad"), score.track("harp")
    for bar, chord in enumerate(chords):
        names = chord.split()
        for name in names:
            clouds.play(score.at(bar) - 0.2, sound.pad(midi(name), 4.6 * score.beat), 0.3)
        rising = [midi(name) + 12 for name in names[1:]] + [midi(names[2]) + 24]
        for step, string in enumerate((0, 1, 2, 3, 4, 3, 2, 1)):
            note = sound.harp(rising[string], 2.6)
            strings.play(score.at(bar, step / 2), note, 0.6 if step == 0 else 0.42)
    strings.play(score.at(6), sound.harp(midi("G5"), 2.6), 0.5)
    score.add("pelagia", clouds, gain=0.8, room=0.6)
    score.add("lumen", strings, gain=0.6, pan=0.3, room=0.6)
    return score.parts


def kettles_on() -> list[Part]:
    """A bossa for four, in the kitchen."""
    score = Score("Kettle's on", 126, 8)
    chords = [
        ("A2", "G3 C4 E4"), ("D3", "F#3 C4 E4"), ("G2", "F#3 B3 D4"), ("C3", "E3 B3 D4"),
        ("F#2", "E3 A3 C4"), ("B2", "D#3 A3 C4"), ("E2", "G3 B3 D4"), ("E2", "G#3 B3 D4"),
    ]  # fmt: skip
    guitar, low = score.track("guitar"), score.track("bass")
    for bar, (root, keys) in enumerate(chords):
        for place in (0, 1.5, 3) if bar % 2 == 0 else (1, 2.5):
            score.strum(
                guitar,
                score.at(bar, place),
                keys.split(),
                sound.nylon,
                seconds=0.6,
                level=0.5,
                spread=0.006,
            )
        key = midi(root)
        fifth = key + 7 if key < 45 else key - 5
        for place, pitch in ((0, key), (1.5, fifth), (2, fifth), (3.5, key)):
            low.play(score.at(bar, place), sound.bass(pitch - 12 * (pitch > 47), 0.62), 0.8)
    score.strum(
        guitar,
        score.at(8),
        ["A2", "G3", "C4", "E4"],
        sound.nylon,
        seconds=1.5,
        level=0.5,
        spread=0.02,
    )
    low.play(score.at(8), sound.bass(midi("A1"), 1.4), 0.8)
    drums, piano = score.track("drums"), score.track("piano")
    clave = [two * 8 + place for two in range(4) for place in (0, 1.5, 3, 5, 6.5)]
    score.beats(drums, sound.rim, clave, 0.4)
    score.beats(drums, sound.hat, _every(8, [step / 2 for step in range(8)]), 0.2)
    score.beats(drums, sound.kick, _every(8, (0, 1.5, 2, 3.5)), 0.4)
    score.sing(
        piano,
        "-:1.5 E5:.5 D5:1 C5:1 | B4:1.5 A4:2.5 | -:1.5 D5:.5 C5:1 B4:1 | A4:1.5 G4:2.5 |"
        "-:1.5 C5:.5 B4:1 A4:1 | G4:1.5 F#4:1.5 D#4:1 | E4:2.5 G4:.5 B4:1 |"
        "D5:1.5 C5:.5 B4:1 G#4:1 | A4:3",
        sound.electric_piano,
        level=0.6,
    )
    score.add("lumen", guitar, gain=0.8, pan=-0.35)
    score.add("otis-upright", low, gain=0.8)
    score.add("brushwork", drums, gain=0.5, pan=0.3)
    score.add("hazel-hammond", piano, gain=0.6, pan=0.15, room=0.4)
    return score.parts


def the_long_reel() -> list[Part]:
    """Eighths without a breath, in E, with guitar and a frame drum."""
    score = Score("The long reel", 112, 8)
    tune = score.track("whistle")
    first = "E4 G4 B4 G4 A4 G4 F#4 G4 | F#4 D4 A4 D4 F#4 A4 D5 A4"
    reel = (
        f"{first} | B4 E5 D5 B4 A4 G4 F#4 G4 | B4 G4 D4 G4 A4 F#4 D4 F#4 |"
        f"{first} | B4 D5 G5 D5 A4 D5 F#4 A4 | G4 F#4 E4 D4"
    )
    quick = " ".join(f"{name}:.5" for name in reel.replace("|", " ").split())
    score.sing(tune, f"{quick} E4:3", sound.whistle, length=0.88, up=12)
    shapes = {
        "Em": ["E2", "B2", "E3", "G3", "B3"], "D": ["D3", "A2", "D3", "F#3", "A3"],
        "G": ["G2", "B2", "D3", "G3", "B3"],
    }  # fmt: skip
    guitar, drum = score.track("guitar"), score.track("drum")
    halves = ["Em", "Em", "D", "D", "Em", "Em", "G", "D"]
    halves += ["Em", "Em", "D", "D", "G", "D", "Em", "Em"]
    for half, chord in enumerate(halves):
        root, *rest = shapes[chord]
        guitar.play(score.at(0, half * 2), sound.pluck(midi(root), 0.9), 0.8)
        score.strum(
            guitar,
            score.at(0, half * 2 + 1),
            rest,
            sound.pluck,
            seconds=0.5,
            level=0.35,
            spread=0.006,
        )
        score.strum(
            guitar,
            score.at(0, half * 2 + 1.5),
            rest[::-1],
            sound.pluck,
            seconds=0.3,
            level=0.2,
            spread=0.005,
        )
    score.strum(guitar, score.at(8), shapes["Em"], sound.pluck, seconds=1.5, level=0.5, spread=0.02)
    score.beats(drum, sound.frame_drum, _every(8, (0, 2)), 0.9)
    score.beats(drum, sound.frame_drum, _every(8, (0.5, 1, 1.5, 2.5, 3, 3.5)), 0.4)
    score.add("saoirse-reel", tune, gain=0.4, pan=0.1, room=0.4)
    score.add("lumen", guitar, gain=0.9, pan=-0.35)
    score.add("brushwork", drum, gain=0.7, pan=0.3)
    return score.parts


def take_three_almost() -> list[Part]:
    """A slow blues in G, and somebody who nearly forgot the ending."""
    score = Score("Take three, almost", 69, 6)
    third = 1 / 3
    keys = ["F3 B3 E4", "E3 Bb3 D4", "F3 B3 E4", "F#3 C4 E4", "E3 Bb3 D4", "F3 B3 E4"]
    walk = "G2 B2 D3 B2 | C3 E3 G3 E3 | G2 B2 D3 Eb3 | D3 C3 A2 F#2 | C3 Bb2 G2 Ab2 | G2 D2 G2:2"
    piano, low, drums = score.track("piano"), score.track("bass"), score.track("drums")
    for bar, chord in enumerate(keys):
        for beat in range(4):
            for place, level in ((0, 0.3), (2 * third, 0.22)):
                score.strum(
                    piano, score.at(bar, beat + place), chord.split(), sound.electric_piano,
                    seconds=0.45, level=level, spread=0.004,
                )  # fmt: skip
    score.sing(low, walk, sound.bass, level=0.9)
    score.beats(drums, sound.kick, _every(6, (0, 2, 2 + 2 * third)), 0.7)
    score.beats(drums, sound.brush, _every(6, (1, 3)), 0.9)
    swung = [beat + part * third for beat in range(4) for part in range(3)]
    score.beats(drums, sound.hat, _every(6, swung), 0.22)
    lead = score.track("lead")
    score.sing(
        lead,
        "-:2 D4:.67 F4:.33 G4:1 | Bb4:.67 A4:.33 G4:2 -:1 | -:1 D5:.67 C5:.33 Bb4:.67 G4:.33 F4:1 |"
        "A4:1.67 F#4:.33 D4:2 | -:1 Eb4:.67 G4:.33 C5:1 Bb4:1 | B4:.67 G4:.33 D4:.67 F4:.33 G4:2",
        sound.pluck,
        level=0.8,
        length=1.4,
    )
    score.add("hazel-hammond", piano, gain=0.7, pan=-0.25)
    score.add("otis-upright", low, gain=0.85)
    score.add("brushwork", drums, gain=0.6, pan=0.2)
    score.add("lumen", lead, gain=0.7, pan=0.3, room=0.45)
    return score.parts


def night_bus() -> list[Part]:
    """A sketch nobody was meant to hear yet."""
    score = Score("Night bus", 78, 4)
    track = score.track("pad")
    for bar, chord in enumerate(("D3 F3 A3 E4", "Bb2 F3 A3 D4", "G2 D3 F3 Bb3", "A2 E3 G3 C#4")):
        for name in chord.split():
            track.play(score.at(bar) - 0.15, sound.pad(midi(name), 4.5 * score.beat), 0.3)
    score.sing(
        track, "-:1 A4 F4:.5 E4:1.5 | D4:1.5 F4:.5 A4:2 | -:1 Bb4 A4:.5 G4:1.5 | E4:2 C#4:2 D4:2",
        sound.harp, level=0.4,
    )  # fmt: skip
    score.add("pelagia", track, gain=0.9, room=0.7)
    return score.parts


TUNES: dict[str, Callable[[], list[Part]]] = {
    "Sunday porch": sunday_porch,
    "Two past midnight": two_past_midnight,
    "Tide tables": tide_tables,
    "Kettle's on": kettles_on,
    "The long reel": the_long_reel,
    "Take three, almost": take_three_almost,
    "Night bus": night_bus,
}
