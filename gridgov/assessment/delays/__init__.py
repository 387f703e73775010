"""How long cases stay open, open cases counted as not yet closed."""
