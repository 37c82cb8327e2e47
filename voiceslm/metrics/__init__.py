"""What running costs: memory and time."""
