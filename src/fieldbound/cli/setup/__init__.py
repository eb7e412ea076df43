"""Setting up a project: what is there in, the files to write and what they have in them out."""
