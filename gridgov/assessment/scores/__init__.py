"""Scores of weighted indicators, ranks with how sure they are, and changes with a test."""
