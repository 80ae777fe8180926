"""The stream that listeners of a session hear: parts of sound, their files, where they lie."""
