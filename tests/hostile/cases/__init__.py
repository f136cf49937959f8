"""The cases, by what is hostile."""
