"""Files that are shared in a room's chat: what they may be, and what is taken out of them.

Nothing is imported here: `writing` runs as a process of its own that knows no Django.
"""
