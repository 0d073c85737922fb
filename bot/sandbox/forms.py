"""What people do with forms: filling in, submitting, closing."""

from typing import Any

from bot.sandbox import limits, payloads, shapes
from bot.sandbox.calls import RefusalError
from bot.sandbox.delivery import Ack
from bot.sandbox.elements import Json, caption, complaints, interactive, names, state_of
from bot.sandbox.elements import values as held_values
from bot.sandbox.interactions import Answer, Interactions
from bot.sandbox.world import Person, View

TROUBLE = "We had some trouble connecting. Try again?"


class Forms(Interactions):
    """Modals, as the person who has them open uses them."""

    def view(self, person: Person | str) -> View | None:
        """The modal on top for that person."""
        stack = self.workspace.views.get(self.person(person).id)
        return stack[-1] if stack else None

    async def submit(
        self, person: Person | str, values: dict[str, Any] | None = None, view: View | None = None, times: int = 1
    ) -> Answer:
        """Fill in a form (the one on top) and submit it.

        Values are named by the label, the block_id or the action_id. Errors, Slack's own or the app's, are in the
        answer and on the view, by block_id.
        """
        who, form = self._form(person, view)
        for name, value in (values or {}).items():
            await self._fill(who, form, name, value)
        form.notice, form.errors = "", complaints(form.blocks, held_values(form.blocks, form.typed))
        if form.errors:
            self.workspace.touch()
            return Answer("incomplete", errors=form.errors)
        payload = payloads.interaction(self, "view_submission", who)
        payload |= {"trigger_id": self.triggers.new(who.id), "response_urls": []}
        payload["view"] = shapes.view(self.workspace, form)
        ack = await self.deliver("interactive", payload, times)
        status = ack.status if self._after(form, ack) else "refused"
        self.workspace.touch()
        return Answer(status, seconds=ack.seconds, body=ack.body, errors=form.errors)

    async def close(self, person: Person | str, view: View | None = None, *, everything: bool = False) -> Answer:
        """Close a form; `everything`: the whole stack, as the cross in its corner does."""
        who, form = self._form(person, view)
        stack = self.workspace.views[who.id]
        cleared = everything or bool(form.get("clear_on_close", False))
        gone = list(stack) if cleared else [form]
        for one in gone:
            stack.remove(one)
        self.workspace.touch()
        answer = Answer("done")
        for one in reversed(gone):
            if one.get("notify_on_close", False):
                payload = payloads.interaction(self, "view_closed", who) | {"is_cleared": cleared}
                payload["view"] = shapes.view(self.workspace, one)
                ack = await self.deliver("interactive", payload)
                answer = Answer(ack.status, seconds=ack.seconds, body=ack.body)
        return answer

    def _form(self, person: Person | str, view: View | None) -> tuple[Person, View]:
        who = self.person(person)
        form = view or self.view(who)
        if form is None or form not in self.workspace.views.get(who.id, []):
            raise LookupError(f"{who.real_name} has no such form open.")
        return who, form

    async def _fill(self, who: Person, form: View, name: str, value: Any) -> None:
        found = [(b, e) for b, e in interactive(form.blocks) if name in names(b, e) and e["type"] != "button"]
        if not found:
            there = ", ".join(repr(caption(b, e)) for b, e in interactive(form.blocks)) or "nothing"
            raise LookupError(f"The form has no {name!r}; it has {there}.")
        block, element = found[0]
        meant = await self._meant(who, form, element, value)
        if block.get("dispatch_action") and not element["type"].endswith("_input"):
            await self.choose(who, form, f"{block['block_id']}/{element['action_id']}", meant)
            return
        form.typed.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, meant)

    def _after(self, form: View, ack: Ack) -> bool:
        """Do to the form what the app's answer says; False if it says something Slack does not take."""
        said: Json = ack.body if isinstance(ack.body, dict) else {}
        if not ack.ok:
            form.notice = TROUBLE
            return True
        try:
            self._check(form, said)
        except RefusalError as refusal:
            self.note_refused(f"form {form.get('callback_id')}", refusal, said)
            form.notice = TROUBLE
            return False
        self._do(form, said)
        return True

    def _check(self, form: View, said: Json) -> None:
        """Refuse an answer to a form that Slack does not take."""
        action = said.get("response_action")
        if action not in (None, "errors", "update", "push", "clear"):
            raise RefusalError("invalid_arguments", response_metadata={"messages": [f"response_action: {action}"]})
        if action == "errors":
            limits.views.errors(said.get("errors"), form.payload)
        elif action in ("update", "push"):
            limits.views.check(said.get("view"), "modal")
        if action == "push" and len(self.workspace.views[form.user]) >= limits.views.STACK:
            raise RefusalError("push_limit_reached")

    def _do(self, form: View, said: Json) -> None:
        stack = self.workspace.views[form.user]
        action = said.get("response_action")
        if action == "errors":
            form.errors = dict(said["errors"])
        elif action == "update":
            self.workspace.change_view(form, said["view"])
        elif action == "push":
            stack.append(self.workspace.new_view(said["view"], form.user, form))
        elif action == "clear":
            stack.clear()
        elif form in stack:
            stack.remove(form)
