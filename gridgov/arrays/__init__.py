"""Columns as plain arrays; knows nothing about incidents."""
