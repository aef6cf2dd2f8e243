"""What a question in plain words asks for: words, numbers, names and negations become needs."""
