"""Where things are: the grid over an area, points to cell and street, counts."""
