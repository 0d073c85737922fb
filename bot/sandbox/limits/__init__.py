"""What Slack refuses, or cuts, of what an app sends: the published limits of slack-facts 1.3, 1.5 and 1.6."""

from bot.sandbox.limits import message, options, views

__all__ = ["message", "options", "views"]
