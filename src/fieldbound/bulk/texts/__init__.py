"""Records in, by their text: out come those that are not certainly valid, and have to be parsed."""
