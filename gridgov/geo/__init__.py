"""Geometry and grid: datums, projections, hexagons for arrays, neighbor matrices."""
