"""Commands under other names: Slack gives a name to the app installed last, so all of ours may bear a prefix.

Handlers know nothing of it. It is taken off what comes in, and put before every command named in what goes out.
"""

import re
from collections.abc import Collection
from typing import Any


class Names:
    """How our commands are called in this workspace; without a prefix, as handlers call them."""

    def __init__(self, prefix: str = "", commands: Collection[str] = ()) -> None:
        self._prefix = prefix
        names = "|".join(re.escape(name) for name in sorted(commands))
        self._named = re.compile(rf"(?<![^\s(“\"`])/(?=(?:{names})(?![\w/-]))")

    def ours(self, command: str) -> str:
        """The name by which handlers know a command that was typed."""
        return command.removeprefix("/").removeprefix(self._prefix)

    def shown(self, content: Any, name: str = "text") -> Any:
        """A message or form with every command called by its full name.

        It looks at texts alone, and for whole words. It cannot tell our sentences from a customer's: "/issue" quoted
        from theirs is shown with the prefix too, and kept as it was typed.
        """
        if not self._prefix:
            return content
        if isinstance(content, dict):
            return {key: self.shown(value, key) for key, value in content.items()}
        if isinstance(content, list):
            return [self.shown(value, name) for value in content]
        return self._named.sub(f"/{self._prefix}", content) if isinstance(content, str) and name == "text" else content
