"""Input formats of records: each source splits a file into blocks that are read in chunks."""
