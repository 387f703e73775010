"""The commands of ``gridgov``, one a file: its options, and the call that they make."""
