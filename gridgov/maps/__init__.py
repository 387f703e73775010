"""Folium maps and their offline export; they draw tables and compute no numbers."""
