"""Which profile suits this machine, and how quick slower ones would be: measured here, predicted there.

The model behind the prediction is told in docs/prediction.md.
"""
