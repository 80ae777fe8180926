"""Taking somebody's copy in from another installation. See docs/export.md."""

from privacy.portability.importing.archive_reader import Archive, Unfit
from privacy.portability.importing.run import Incoming, Refused, Result, register_importer, take_in

__all__ = ["Archive", "Incoming", "Refused", "Result", "Unfit", "register_importer", "take_in"]
