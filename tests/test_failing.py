"""What Kept promises where its own code fails: nobody is left without an answer, and nothing typed is lost."""

import pytest

from handlers import forms, listeners
from handlers.said import Reply, tell
from storage import audit


def fails(db, said):
    audit.write(db, at=said.now, person_id=said.person.id, surface=said.surface, deed="half done", record_id=None)
    raise ZeroDivisionError


def opens(view):
    return lambda _db, _said: Reply(form=view)


@pytest.fixture
def broken(monkeypatch):
    """Handlers that fail halfway: a button, two forms, a shortcut and a mention."""
    fields = [forms.text_field("words", "Words")]
    text = [{"type": "section", "text": {"type": "plain_text", "text": "Sure?"}}]
    views = {"test.fields": forms.form("test.fields", "Test", "Send", fields, {})}
    views["test.plain"] = forms.form("test.plain", "Test", "Send", text, {})
    opened = {name: opens(view) for name, view in views.items()}
    for table, handlers in (
        (
            listeners.ACTIONS,
            {"issue.own": fails, "issue.note": opened["test.fields"], "issue.more": opened["test.plain"]},
        ),
        (listeners.VIEWS, dict.fromkeys(views, fails)),
        (listeners.EVENTS, {"app_mention": fails}),
    ):
        for name, handler in handlers.items():
            monkeypatch.setitem(table, name, handler)


async def card(desk):
    await desk.type("dana", "/issue Acme: charged twice")
    return desk.cards()[0]


async def half_done(desk):
    return await desk.bot.store.read(lambda db: db.rows("SELECT 1 FROM audit WHERE deed = 'half done'"))


@pytest.mark.contract
async def test_a_button_whose_handler_fails_tells_the_person_alone_and_changes_nothing(desk, broken):
    place = await card(desk)

    pressed = await desk.press("dana", place, "Own it")

    assert pressed.ok
    assert desk.shown("dana")[-1] == "Something went wrong and nothing was saved. Please try again."
    assert "went wrong" not in " ".join(desk.shown("bob"))
    assert await half_done(desk) == []


@pytest.mark.contract
async def test_a_form_whose_handler_fails_stays_open_with_a_sentence_and_what_was_typed(desk, broken):
    await desk.press("dana", await card(desk), "Note")

    answer = await desk.submit("dana", {"Words": "they called again"})

    assert answer.errors == {"words": "Something went wrong and nothing was saved. Please submit it again."}
    assert desk.slack.view("dana").typed["words"]["words"]["value"] == "they called again"
    assert await half_done(desk) == []


async def test_a_form_without_fields_whose_handler_fails_stays_open_too(desk, broken):
    await desk.press("dana", await card(desk), "More")

    answer = await desk.submit("dana", {})

    assert answer.ok
    first, second = desk.slack.view("dana").blocks
    assert first["text"]["text"].startswith("Something went wrong and nothing was saved.")
    assert second["text"]["text"] == "Sure?"


async def test_a_button_and_a_form_of_an_older_version_say_so(desk, broken, monkeypatch):
    place = await card(desk)
    await desk.press("dana", place, "Note")
    monkeypatch.delitem(listeners.VIEWS, "test.fields")
    answer = await desk.submit("dana", {"Words": "they called again"})
    assert answer.errors["words"].startswith("This is from an older version of Kept.")

    monkeypatch.delitem(listeners.ACTIONS, "issue.own")
    await desk.press("dana", place, "Own it")
    assert desk.shown("dana")[-1].startswith("This is from an older version of Kept.")


@pytest.mark.contract
async def test_a_mention_whose_handler_fails_is_told_once_and_answered_when_slack_says_it_again(
    desk, broken, monkeypatch
):
    desk.slack.manifest.given = False  # it hears everything
    await desk.slack.say("dana", "#support", "<@kept> issue Acme: charged twice")
    await desk.settle()
    assert [text for text in desk.shown("dana") if "went wrong" in text] == [
        "Something went wrong. I try again by myself within a few minutes; if no answer comes, please say it again."
    ]

    monkeypatch.setitem(listeners.EVENTS, "app_mention", lambda _db, _said: tell("Logged after all."))
    await desk.wait(minutes=6)

    assert sum("went wrong" in text for text in desk.shown("dana")) == 1
    assert desk.shown("dana").count("Logged after all.") == 1


async def test_where_not_even_an_answer_can_be_written_down_slack_itself_tells_the_person(desk):
    place = await card(desk)
    await desk.bot.store.run(lambda db: db.run("ALTER TABLE outbox RENAME TO gone"))

    pressed = await desk.slack.press("dana", place, "Own it")
    await desk.bot.store.run(lambda db: db.run("ALTER TABLE gone RENAME TO outbox"))

    assert not pressed.ok
    assert "did not respond" in pressed.text
