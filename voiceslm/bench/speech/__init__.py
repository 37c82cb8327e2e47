"""How well what people *say* is understood and done, and how often something is done that nobody asked for.

Sound in, messages to a simulated home out; how long it takes is measured elsewhere, so that nothing here has
to be in real time or on a quiet machine.
"""
