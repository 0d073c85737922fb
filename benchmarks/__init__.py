"""What Kept costs, measured: ``make bench``. Each module that ``rows.py`` names measures a few rows of one table."""
