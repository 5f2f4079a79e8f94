"""HTTP words to a question or a rebuild, and back."""
