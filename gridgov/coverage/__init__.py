"""Coverage, never said alone: responsibility and reporting."""
