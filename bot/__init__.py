"""What makes Kept run: the command line, the door, the worker, and a Slack of our own to try it in."""
