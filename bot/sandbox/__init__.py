"""A small Slack of our own, for newcomers without an account and for the tests."""

from bot.sandbox.clock import Clock
from bot.sandbox.sample import sample
from bot.sandbox.server import Sandbox

__all__ = ["Clock", "Sandbox", "sample"]
