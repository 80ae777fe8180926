"""Jam sessions: meeting, signalling, recordings, stems, mixes."""
