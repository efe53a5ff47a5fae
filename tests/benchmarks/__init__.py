"""What Rollbook costs, beside its peers, measured on one machine in one run: `python -m tests.benchmarks`.

No figure here is a promise that a test holds anybody to; what is tested is that all who are timed decide the same.
"""
