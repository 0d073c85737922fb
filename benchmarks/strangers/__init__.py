"""Other bots at Kept's job, for ``others.py``: scripts that run in environments of their own, never imported here."""
