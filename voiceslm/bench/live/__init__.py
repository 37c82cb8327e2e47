"""What the product promises, measured in a simulated room at real-time pace with its own engines.

One file a scenario; what a scenario's trials amount to is worked out by pure functions beside it.
"""
