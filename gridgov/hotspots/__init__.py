"""Statistical claims about cells, each with its null hypothesis and correction."""
