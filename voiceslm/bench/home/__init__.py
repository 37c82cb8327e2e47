"""What the home part is measured with: sentences, simulated homes, and scores."""
