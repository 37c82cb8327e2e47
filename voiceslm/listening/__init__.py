"""Is someone speaking, to us, and have they finished?"""
