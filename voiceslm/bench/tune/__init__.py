"""What tuning the small model gains, in homes and on sentences that it never saw."""
