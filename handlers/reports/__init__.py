"""Reports: how it went, computed from what happened; words first, then pictures, by direct message."""
