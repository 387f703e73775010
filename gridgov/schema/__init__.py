"""The columns of every table, one subject a file; :mod:`gridgov.columns` is the face."""
