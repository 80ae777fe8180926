"""A person's copy, made now and opened."""

import json
import zipfile
from typing import Any

from django.core.files.storage import default_storage

from privacy.models import Export
from privacy.portability import export


class Copy:
    """An archive, and what stands in it."""

    def __init__(self, user: Any) -> None:
        self.row = Export.objects.create(user=user)
        export.run(self.row.pk)
        self.row.refresh_from_db()
        assert self.row.status == "done", self.row.error
        self.zip = zipfile.ZipFile(default_storage.open(self.row.file.name))
        self.names = self.zip.namelist()
        self.about = self.json("export.json")

    def json(self, name: str) -> Any:
        return json.loads(self.zip.read(name))

    def text(self, name: str) -> str:
        return self.zip.read(name).decode()

    def rows(self, name: str) -> list[dict[str, Any]]:
        path = f"data/{name}.json"
        return self.json(path) if path in self.names else []

    @property
    def whole(self) -> str:
        """Everything that is in it, names included, as one text."""
        inside = [self.zip.read(name).decode("utf-8", "replace") for name in self.names]
        return "\n".join([*self.names, *inside])
