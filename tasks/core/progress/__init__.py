"""Events of a run, and what people are told of its progress."""
