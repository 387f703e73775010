"""Coverage, never said alone: responsibility, patrol, reach, reporting, and what follows."""
