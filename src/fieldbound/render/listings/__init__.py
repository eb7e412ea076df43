"""What the commands other than check print: lints, explanations, fields, operations."""
