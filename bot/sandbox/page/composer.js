// Where a person writes: messages, commands with their hints, names and emoji completed.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { EMOJI, emoji } from "./emoji.js";
import { fullNameOf } from "./lens.js";

/** The app's commands, and the one of the workspace itself that brings the app in. */
function commandsOf({ state }) {
  const invite = { name: "/invite", usage_hint: `@${state.bot.name.toLowerCase()}`, description: "Bring somebody into this channel" };
  return [...state.commands, invite];
}

/** What could be meant by the word before the caret. */
function completions(text, caret, store, inThread) {
  const before = text.slice(0, caret);
  const starts = (one, word) => one.toLowerCase().startsWith(word.toLowerCase());
  if (/^\/\S*$/.test(before) && !inThread)
    return commandsOf(store)
      .filter((one) => starts(one.name, before))
      .map((one) => ({ put: one.name, from: 0, label: one.name, hint: one.usage_hint, note: one.description }));
  const [, word] = /(?:^|\s)([@#:][\w+-]*)$/.exec(before) || [];
  if (!word || (word[0] === ":" && word.length < 3)) return [];
  const from = caret - word.length;
  const typed = word.slice(1);
  if (word[0] === "@") {
    const people = [...store.lens.people.values()].filter((one) => !one.deleted && (starts(one.name, typed) || starts(fullNameOf(one.id, store.lens), typed)));
    return people.map((one) => ({ put: `@${one.name}`, from, label: `@${one.name}`, note: fullNameOf(one.id, store.lens) }));
  }
  if (word[0] === "#") {
    const channels = store.state.channels.filter((one) => !one.is_im && starts(one.name, typed));
    return channels.map((one) => ({ put: `#${one.name}`, from, label: `#${one.name}` }));
  }
  const names = [...EMOJI.keys()].filter((one) => starts(one, typed)).slice(0, 8);
  return names.map((one) => ({ put: `:${one}:`, from, label: `${emoji(one)} :${one}:` }));
}

export function Composer({ store, thread = "", label }) {
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [quiet, setQuiet] = useState(false); // completions were sent away with Escape
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const id = thread ? "write-thread" : "write";
  const found = quiet ? [] : completions(text, caret, store, Boolean(thread)).slice(0, 8);
  const whole = found.some((one) => one.put === text.slice(one.from, caret)); // nothing is left to complete
  const offers = whole ? [] : found;
  const command = !thread && commandsOf(store).find((one) => text === one.name || text.startsWith(`${one.name} `));
  const globals = store.state.shortcuts.filter((one) => one.type === "global");

  // As tall as its text, up to a third of the screen.
  useEffect(() => {
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight + 2, innerHeight / 3)}px`;
  }, [text]);

  const write = (value, where = value.length) => {
    setText(value);
    setCaret(where);
    setAt(0);
    setQuiet(false);
  };
  // Words the tour suggests; they replace what stands there, and the person sends them.
  useEffect(() => {
    if (!store.written || thread) return;
    write(store.written);
    store.written = "";
    field.current.focus();
  }, [store.written]);
  const take = (offer) => {
    const rest = text.slice(caret).replace(/^ /, "");
    const start = `${text.slice(0, offer.from)}${offer.put} `;
    write(start + rest, start.length);
    field.current.focus();
  };
  const send = async () => {
    const said = text.trim();
    if (!said || busy) return;
    setBusy(true);
    write("");
    const done = await deliver(store, said, thread);
    setBusy(false);
    if (!done) setText((now) => now || said); // what was refused is not lost
    field.current?.focus();
  };
  const keys = (event) => {
    if (event.isComposing) return;
    const plainEnter = event.key === "Enter" && !event.shiftKey;
    if (offers.length && event.key === "ArrowDown") setAt((at + 1) % offers.length);
    else if (offers.length && event.key === "ArrowUp") setAt((at - 1 + offers.length) % offers.length);
    else if (offers.length && (event.key === "Tab" || plainEnter)) take(offers[at] || offers[0]);
    else if (offers.length && event.key === "Escape") setQuiet(true);
    else if (plainEnter) send();
    else if (event.key === "ArrowUp" && !text) lastMessage(thread)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const typed = (event) => write(event.currentTarget.value, event.currentTarget.selectionStart);
  const openGlobals = (event) => {
    const run = (one) => store.act("shortcut", { callback_id: one.callback_id });
    store.openMenu({ opener: event.currentTarget, label: "Shortcuts", items: globals.map((one) => ({ label: one.name, note: one.description, run: () => run(one) })) });
  };
  return html`<form class="composer" onSubmit=${(event) => (event.preventDefault(), send())}>
    ${offers.length > 0 && html`<${Offers} id=${`${id}-offers`} offers=${offers} at=${at} take=${take} />`}
    ${command && !offers.length && html`<p class="command-hint"><strong>${command.name}</strong> <span>${command.usage_hint}</span>${command.description && html`<small>${command.description}</small>`}</p>`}
    ${thread && text.startsWith("/") && html`<p class="command-hint">Commands do not work in threads, here as in Slack. Use the menu of a message, or write <strong>@${store.state.bot.name.toLowerCase()}</strong>.</p>`}
    <div class="composer-row">
      ${!thread && globals.length > 0 && html`<button type="button" class="plain" aria-label="Shortcuts" title="Shortcuts" aria-haspopup="menu" onClick=${openGlobals}>⚡</button>`}
      <textarea
        id=${id} ref=${field} rows="1" dir="auto" value=${text} placeholder=${label} aria-label=${label}
        aria-autocomplete="list" aria-controls=${offers.length ? `${id}-offers` : undefined} aria-activedescendant=${offers.length ? `${id}-offers-${at}` : undefined}
        onInput=${typed} onClick=${(event) => setCaret(event.currentTarget.selectionStart)} onKeyDown=${keys}
      ></textarea>
      <button type="submit" class="button primary send" disabled=${!text.trim()} aria-busy=${busy}>Send</button>
    </div>
  </form>`;
}

async function deliver(store, said, thread) {
  const channel = store.place.channel;
  const command = said.startsWith("/") && !thread;
  const answer = await (command ? store.act("command", { channel, text: said }) : store.act("say", { channel, text: said, ...(thread ? { thread_ts: thread } : {}) }));
  return Boolean(answer);
}

function lastMessage(thread) {
  return [...document.querySelectorAll(`${thread ? ".thread" : ".channel"} .message`)].at(-1);
}

function Offers({ id, offers, at, take }) {
  const list = useRef(null);
  useEffect(() => {
    list.current.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const pick = (event, one) => {
    event.preventDefault(); // the field keeps the focus
    take(one);
  };
  return html`<ul ref=${list} class="offers composer-offers" id=${id} role="listbox" aria-label="Suggestions" tabindex="0">
    ${offers.map((one, index) => html`<li key=${one.label} id=${`${id}-${index}`} role="option" aria-selected=${index === at} onMouseDown=${(event) => pick(event, one)}>
      <strong>${one.label}</strong> <span class="offer-hint">${one.hint}</span><small>${one.note}</small>
    </li>`)}
  </ul>`;
}
