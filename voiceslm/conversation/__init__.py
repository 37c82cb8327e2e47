"""One turn after another: who answers, what is said, what is remembered."""
