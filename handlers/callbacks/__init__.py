"""Promises: made, chased, honestly closed. "Callback" is the word people type."""
