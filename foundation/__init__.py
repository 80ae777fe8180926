"""Ground that every app stands on: ids, paging, work rows, file ranges, problem answers.

Knows nothing of people, privacy or music, and imports no other app.
"""
