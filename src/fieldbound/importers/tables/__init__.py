"""Tables of limits, of any form, to grids of cells; their headings and cells to limits."""
