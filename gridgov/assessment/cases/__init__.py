"""The life cycle of a case: from a log of events to a table and back, and the moment it is seen."""
