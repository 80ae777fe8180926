"""The demo world: six people, their sessions, and music that was synthesised for them."""
