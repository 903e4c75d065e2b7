"""`python -m bench`: what the service costs, each figure beside a yardstick in the same rounds.

Seconds and requests a second tell more about the machine and its other guests than about us. So every measurement
runs in rounds, in each round its yardstick runs right beside it, and what counts is the ratio of the two: the
median of the rounds. `docs/performance.md` says what is measured how.
"""
