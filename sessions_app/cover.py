"""The picture in saved files: the sound's own waveform, drawn when somebody saves it."""

import io
from typing import Any

from PIL import Image, ImageDraw

EDGE = 600  # pixels
BARS = 48
_GROUND, _BAR = (20, 16, 17), (255, 162, 75)  # the dark theme's ground and accent
_MARGIN, _GAP = 60, 4


def draw(peaks: dict[str, Any] | None) -> bytes:
    """Return a square PNG of a waveform; `peaks` is what the mix or stem keeps, -127 to 127."""
    high = [abs(sample) for sample in (peaks or {}).get("max", [])] or [0]
    low = [abs(sample) for sample in (peaks or {}).get("min", [])] or [0]
    picture = Image.new("RGB", (EDGE, EDGE), _GROUND)
    pen = ImageDraw.Draw(picture)
    wide = (EDGE - 2 * _MARGIN) / BARS
    for bar in range(BARS):
        begin = bar * len(high) // BARS
        end = max(begin + 1, (bar + 1) * len(high) // BARS)
        loud = max(max(high[begin:end], default=0), max(low[begin:end], default=0)) / 127
        half = max(3, loud * (EDGE / 2 - _MARGIN))
        left = _MARGIN + bar * wide
        box = (left, EDGE / 2 - half, left + wide - _GAP, EDGE / 2 + half)
        pen.rounded_rectangle(box, radius=3, fill=_BAR)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
