"""Writes a sound file or a PDF anew without what it tells beside its content.

A program of its own: `python -m sessions_app.shared_files.writing sound|pdf`, from standard input
to standard output; exit code 1 where the content is not what it says. It has limits of processor
time and memory, and knows neither database nor settings.
"""

import io
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

SECONDS = 15
MEMORY = 1024**3
LARGEST = 12 * 2**20  # bytes of what is written, and of each file on the way there
PAGES = 200
_MUXERS = {"flac": "flac", "wav": "wav", "ogg": "ogg", "mov": "ipod", "mp3": "mp3"}
# What a page is drawn from; everything else that stands in it is left out, known or not.
_OF_A_PAGE = {
    "/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate",
    "/UserUnit", "/Resources", "/Contents", "/Group",
}  # fmt: skip
# What other objects carry beside what is drawn: metadata, editors' notes, files, actions.
_TELLING = ("/Metadata", "/PieceInfo", "/AA", "/A", "/AF", "/EF", "/JS", "/LastModified")


def sound(data: bytes) -> bytes:
    """Return the same sound, bit by bit, without tags and pictures. Raises NotAudio."""
    import av  # noqa: PLC0415 (each of the two loads what it needs)

    from sessions_app.audio import probe_audio  # noqa: PLC0415
    from sessions_app.audio.decode import demuxer_of, open_audio  # noqa: PLC0415

    muxer = _MUXERS[demuxer_of(data[:12]) or ""]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.write_bytes(data)
        probe_audio(source)
        target = Path(folder) / "target"
        with (
            open_audio(source) as read,
            av.open(str(target), "w", format=muxer, options={"fflags": "+bitexact"}) as written,
        ):
            track = read.streams.audio[0]
            copied = written.add_stream_from_template(track)
            copied.metadata.clear()
            for packet in read.demux(track):
                if packet.dts is not None:
                    packet.stream = copied
                    written.mux(packet)
        probe_audio(target)
        return target.read_bytes()


def pdf(data: bytes) -> bytes:
    """Return the pages alone: no metadata, scripts, forms, attachments, notes or links."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415
    from pypdf.generic import DictionaryObject, StreamObject  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted or not 1 <= len(reader.pages) <= PAGES:
        raise ValueError
    writer = PdfWriter()
    for page in reader.pages:
        for name in set(page) - _OF_A_PAGE:
            del page[name]
        writer.add_page(page)
    writer.metadata = None
    for entry in list(writer._objects):  # no other way to all of them
        if isinstance(entry, DictionaryObject):
            for name in _TELLING:
                entry.pop(name, None)
        if isinstance(entry, StreamObject) and entry.get("/Filter") == "/DCTDecode":
            entry._data = _without_exif(entry._data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _without_exif(jpeg: bytes) -> bytes:
    """Return a JPEG without comments and application data but what its colours need."""
    kept = bytearray(jpeg[:2])
    place = 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] != 0xDA:
        marker = jpeg[place + 1]
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4])
        is_telling = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not is_telling or marker in {0xE0, 0xE2, 0xEE}:  # JFIF, colour profile, Adobe's
            kept += jpeg[place:end]
        place = end
    return bytes(kept + jpeg[place:])


def main(kind: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    write: Any = {"sound": sound, "pdf": pdf}[kind]
    try:
        written = write(sys.stdin.buffer.read())
    except Exception:
        return 1
    if len(written) > LARGEST:  # small parts that are named again and again
        return 1
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
