"""A long life in little time: the daemon itself, with everything that homes do to it, and whether it grows.

All of it is the product but the sound card, which is simulated; see docs/soak.md.
"""
