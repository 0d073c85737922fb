// Changing a message one wrote.
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { nameOf } from "./lens.js";
import { unescape } from "./mrkdwn.js";

/** The text as it was typed: mentions, channels and links without their marks. */
function asTyped(text, lens) {
  const plain = text.replace(/<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>/g, (_, sign, target, label) => {
    if (sign === "@") return `@${lens.people.get(target)?.name || nameOf(target, lens)}`;
    if (sign === "#") return `#${lens.channels.get(target)?.name || label}`;
    if (sign === "!") return `@${target}`;
    return target.replace(/^mailto:/, "");
  });
  return unescape(plain);
}

export function Editor({ store, message, done }) {
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const leave = () => {
    const message = field.current?.closest(".message");
    done();
    message?.focus();
  };
  const save = async () => {
    const text = field.current.value.trim();
    if (text) await store.act("edit", { channel: store.place.channel, ts: message.ts, text });
    leave();
  };
  const keys = (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="editor">
    <textarea ref=${field} rows="3" dir="auto" aria-label="Change the message" defaultValue=${asTyped(message.text, store.lens)} onKeyDown=${keys}></textarea>
    <div class="actions">
      <button type="button" class="button primary" onClick=${save}>Save</button>
      <button type="button" class="button" onClick=${leave}>Cancel</button>
    </div>
  </div>`;
}
