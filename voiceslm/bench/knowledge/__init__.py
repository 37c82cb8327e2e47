"""What knowledge is measured with: a fictitious shop, questions about it, and questions about all else."""
