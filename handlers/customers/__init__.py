"""Customers: who they are, whom to call, and everything between them and us."""
