"""App Home: what to do first, then the rest of what is this person's, and their team today."""
