"""A whole portal in one file: rows, attachments and settings, saved and restored.

The archive is a tar that names no database: what SQLite saved, PostgreSQL restores.

    settings.json                    settings without secrets, to compare by
    tables/NAME/000001.jsonl.gz ...  rows in the order of their key, each a JSON list of values
    files/SHA256                     attachments as they are
    manifest.json                    comes last: format, schema, and what everything must be

`values.py` says how a value is written, `manifest.py` what an archive declares, `archive.py` and
`reading.py` write and read the file, `tables.py` moves rows, `saving.py` and `restoring.py` are
the two use cases.
"""
