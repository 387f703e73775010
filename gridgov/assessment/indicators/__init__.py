"""Rates of cases: what is counted among what, in which period, from which source."""
