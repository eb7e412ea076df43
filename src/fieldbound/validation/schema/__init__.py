"""What is known of a schema as a whole: its formats, its sources, how far it expands."""
