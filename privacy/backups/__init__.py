"""Backups: database and media as of one moment, encrypted, catalogued, and gone in time.

- `making` writes one, `archive` is its format, `catalogue` knows them and lets them expire,
- `restoring` brings one back beside the old database, `cleaning` erases in it whoever was erased
  since, and only then the two change places.
"""
