"""The chaos drill: shots render while a seeded schedule of faults strikes; then all is audited.

`python -m tests.chaos --seed 7 --minutes 1`, or `make chaos SEED=7 MINUTES=1`. The same seed
strikes the same victims in the same order at the same moments.
"""
