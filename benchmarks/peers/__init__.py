"""The comparisons of ``benchmarks/run.py``, one file a step."""
