"""Replays recordings and reports latency and accuracy, ours beside the plain way, in one run."""
