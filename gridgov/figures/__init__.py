"""Static figures with guaranteed glyphs; they draw tables and compute no numbers."""
