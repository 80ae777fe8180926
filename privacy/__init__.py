"""The privacy machinery: the gate, the data map, export, erasure, the policy that runs.

Imports no domain app: each app tells it about its data in `<app>/privacy.py`.
"""
