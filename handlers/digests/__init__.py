"""Digests: what a manager reads at nine, one a day and channel, composed from live data when it is sent."""
