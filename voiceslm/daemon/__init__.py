"""What a running assistant owes the machine it runs on: one door, a sign of life, a diagnosis."""
