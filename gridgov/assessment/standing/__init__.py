"""Alleys that fall below the mark (降档) and that are restored after good months (复档)."""
