"""Folders of vendors in, their contracts out: of fieldbound, of one's own, of packages."""
