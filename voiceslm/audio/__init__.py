"""Sound enters and leaves here."""
