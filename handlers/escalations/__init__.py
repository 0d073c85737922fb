"""Escalation by emoji: 🚨 on any message, and what the other emoji do."""
