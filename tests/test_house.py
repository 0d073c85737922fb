"""What keeps the house in order: who may import whom, and that nothing one can type is left unsaid."""

import ast
import re
from pathlib import Path

import pytest

from bot import config
from bot.manifest import COMMANDS, SCOPES
from handlers import listeners

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = sorted(path for room in ("bot", "handlers", "storage") for path in (ROOT / room).rglob("*.py"))

# bot → handlers → storage → libraries; the sandbox knows nobody.
MAY_IMPORT = {"bot": {"bot", "handlers", "storage"}, "handlers": {"handlers", "storage"}, "storage": {"storage"}}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40  # lines
DEFENDED = {"promise": "a promise has that many columns, each named twice"}

# Parsed before any test runs: what one leaves behind must not be collected in the middle of a parse.
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def forbidden(path: str, tree: ast.AST) -> list[str]:
    """The imports of a file that its room may not make."""
    room = path.partition("/")[0]
    allowed = {"bot.sandbox"} if path.startswith("bot/sandbox/") else MAY_IMPORT[room]
    found = []
    for node in ast.walk(tree):
        named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            named = [node.module or ""] if node.level == 0 else ["a relative import"]
            if node.module == "bot":
                named = [f"bot.{alias.name}" for alias in node.names]
        ours = [name for name in named if name.split(".")[0] in (*MAY_IMPORT, "tests", "a relative import")]
        found += [name for name in ours if not any(name == ok or name.startswith(f"{ok}.") for ok in allowed)]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_arrow_points_back(path):
    assert forbidden(str(path.relative_to(ROOT)), TREES[path]) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("storage/x.py", "from handlers import text"),
        ("storage/x.py", "import bot.config"),
        ("handlers/x.py", "from bot.run import Bot"),
        ("handlers/x.py", "def f():\n    import bot"),
        ("bot/sandbox/x.py", "from bot import config"),
        ("bot/sandbox/x.py", "from storage.store import Store"),
        ("storage/x.py", "from . import y"),
    ],
)
def test_the_import_rule_notices_each_way_to_break_it(path, source):
    assert forbidden(path, ast.parse(source)) != []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_fits_in_the_head_and_a_function_on_the_screen(path):
    source = path.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(TREES[path]) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert source.count("\n") <= LONGEST_FILE
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    assert [name for name in long if name not in DEFENDED] == []


def test_manifest_listeners_and_help_know_the_same_commands():
    named = {name for name, _, _ in COMMANDS}

    assert named == set(listeners.COMMANDS) == set(listeners.HELP)


@pytest.mark.parametrize("command", listeners.COMMANDS)
def test_every_subcommand_has_its_line_in_help_and_readme(command):
    verbs = listeners.VERBS[command]

    assert verbs <= set(listeners.HELP[command])
    for verb in verbs - {"show"}:
        assert re.search(rf"/{command} (\d+ |Acme )?{verb}\b", listeners.HELP[command][verb]), f"help: {verb}"
        assert re.search(rf"`/{command} (\d+ |Acme )?{verb}\b", README), f"README: {verb}"


async def test_help_is_answered_with_examples(desk):
    for command in listeners.COMMANDS:
        answer = await desk.type("dana", f"/{command} help")
        assert all(line in answer.text.replace("&lt;", "<") for line in listeners.HELP[command].values())


def test_every_scope_stands_in_the_readme_with_its_reason():
    assert len(SCOPES) <= 14
    for scope, why in SCOPES.items():
        assert f"| `{scope}` | {why} |" in README


def test_every_setting_stands_in_the_example_and_no_other():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    source = Path(config.__file__).read_text(encoding="utf-8")

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == set(re.findall(r'get\("([A-Z_]+)"', source))


def test_no_lock_file_names_a_registry():
    for lock in ROOT.glob("requirements*.txt"):
        assert "http" not in re.sub(r"aiohttp", "", lock.read_text(encoding="utf-8"))
