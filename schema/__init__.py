"""What crosses a boundary: the vocabulary, the messages, the analysis and profile models, the question bank."""
