"""The rig: Kept is killed, starved, frozen and lied to, and one checker looks what became of its promises.

Every rig is a module with ``go(seed, engine)``: one run, by a seed that repeats it, on ``"sqlite"`` or
``"postgresql"``. Its quick tier is a test, its long one ``make soak``.
"""
