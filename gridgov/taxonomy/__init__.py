"""Incident categories, departments, channels and the fixed terms of every table."""
