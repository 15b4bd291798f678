"""The performance figures of the farm: `python -m tests.benchmarks [name …]`, or `make bench`.

Every benchmark is one module with `measure(rounds)`, which runs a real, private farm and returns
figures. The sides that are compared alternate within one round, so that a busy machine slows both.
"""
