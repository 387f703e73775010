"""Who owns the land: parts, shares, owners of cells, boundaries."""
