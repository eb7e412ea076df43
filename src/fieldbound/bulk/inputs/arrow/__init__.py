"""Tables of Arrow: which of their values are certainly valid, and the records of their rows."""
