"""How customers feel and why: noted in one line or on resolving, counted and told in one screen."""
