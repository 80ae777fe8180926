"""Outside services: one module or folder for each, and nothing about them elsewhere."""
