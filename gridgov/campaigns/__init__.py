"""Campaigns: before and after a clean-up, what moved elsewhere, and what is left to do."""
