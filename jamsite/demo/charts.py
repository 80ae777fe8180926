"""A chord chart on a page, made by code: what somebody of the demo shares in a room's chat."""

import io
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

A5 = (420, 595)  # points
MARGIN = 36
BARS = 4  # in a line


def chart(title: str, about: str, parts: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """Return a PDF of one page. `parts`: their names, each with what is played in its bars."""
    marks: list[str] = [_text(MARGIN, 540, 20, title, bold=True), _text(MARGIN, 520, 10, about)]
    height = 484
    wide = (A5[0] - 2 * MARGIN) / BARS
    for name, bars in parts:
        marks.append(_text(MARGIN, height, 11, name, bold=True))
        height -= 40
        for n, chords in enumerate(bars):
            left = MARGIN + n % BARS * wide
            if n and n % BARS == 0:
                height -= 44
            marks.append(f"{left:.1f} {height} {wide:.1f} 32 re S")
            marks.append(_text(left + 8, height + 11, 13, chords))
        height -= 36
    return _page("\n".join(["0.8 w", *marks]))


def _text(left: float, height: float, size: int, words: str, *, bold: bool = False) -> str:
    safe = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{'B' if bold else 'R'} {size} Tf {left:.1f} {height} Td ({safe}) Tj ET"


def _page(marks: str) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(*A5)
    fonts = DictionaryObject()
    for name, face in (("R", "Helvetica"), ("B", "Helvetica-Bold")):
        about = {"Type": "Font", "Subtype": "Type1", "BaseFont": face}
        fonts[NameObject(f"/{name}")] = DictionaryObject(
            {NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in about.items()}
        )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(marks.encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
