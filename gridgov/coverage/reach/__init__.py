"""Who can get there: facilities and teams within distance, and access to their capacity."""
