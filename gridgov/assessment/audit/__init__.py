"""Audits by a third party: which units to visit, and what the visits say about all of them."""
