"""A sentence that is a command -> what is wanted, without a language model."""
