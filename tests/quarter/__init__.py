"""A simulated quarter of a team, judged against a slow recomputation from what its people did.

``python -m tests.quarter --seed 1`` lives a tenth of it and prints an account; ``--whole`` lives all of it.
"""
