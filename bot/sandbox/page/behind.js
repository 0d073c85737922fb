// Behind the scenes: Slack up or down, and what went over the wire lately.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { read } from "./api.js";
import { shownClock } from "./times.js";

const LOOK_EVERY = 2000; // milliseconds; calls that fail change nothing in the workspace, so nobody tells of them

export function Behind({ store }) {
  const { down } = store.state;
  const close = useRef(null);
  useEffect(() => close.current.focus(), []);
  return html`<aside class="thread behind" aria-label="Behind the scenes">
    <header class="channel-head">
      <h2>Behind the scenes</h2>
      <span class="topic"></span>
      <button type="button" class="plain" ref=${close} aria-label="Close" onClick=${() => store.lookBehind(false)}>×</button>
    </header>
    <div class="behind-body">
      <label class="switch">
        <input type="checkbox" role="switch" checked=${!down} onChange=${() => store.act("trouble", { down: !down })} />
        <strong>Slack is ${down ? "down" : "up"}</strong>
      </label>
      <p class="muted">Take Slack away, move the clock, bring it back: reminders that fell due meanwhile arrive once, marked late.</p>
      <${Traffic} store=${store} />
    </div>
  </aside>`;
}

function Traffic({ store }) {
  const [page, setPage] = useState({ entries: [], next: 0 });
  const look = (before) =>
    read("traffic", before === undefined ? {} : { before }).then(
      (fresh) => setPage((held) => joined(held, fresh)),
      () => {}, // it is asked again soon
    );
  useEffect(() => {
    look();
    const timer = setInterval(look, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [store.state]);
  return html`<section aria-labelledby="traffic-title">
    <h3 id="traffic-title">Calls and deliveries</h3>
    <p class="muted">What ${store.state.bot.name} asked of Slack (→) and what Slack told it (←), newest first.</p>
    <ul class="traffic">${page.entries.map((one) => html`<${Entry} key=${one.number} entry=${one} lens=${store.lens} />`)}</ul>
    ${page.next > 0 && html`<button type="button" class="button small" onClick=${() => look(page.next)}>Earlier ones</button>`}
  </section>`;
}

/** Pages laid over each other, newest first; where they do not touch, the fresh one stands alone. */
function joined(held, fresh) {
  const newest = held.entries[0]?.number ?? -1;
  if (fresh.next > newest + 1) return fresh;
  const all = new Map([...held.entries, ...fresh.entries].map((one) => [one.number, one]));
  const entries = [...all.values()].sort((one, other) => other.number - one.number);
  return { entries, next: Math.min(fresh.next, held.entries.length ? held.next : fresh.next) };
}

function Entry({ entry, lens }) {
  const [open, setOpen] = useState(false);
  const call = entry.way === "call";
  return html`<li>
    <details onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="way" aria-hidden="true">${call ? "→" : "←"}</span><span class="visually-hidden">${call ? "call" : "delivery"}</span>
        <span class="what">${entry.what}</span>
        <span class=${entry.ok ? "muted" : "trouble"}>${entry.how}</span>
        <time class="muted">${shownClock(entry.at, lens)}</time>
      </summary>
      ${open && html`<p class="muted">Sent</p><pre tabindex="0">${pretty(entry.payload)}</pre><p class="muted">Answered</p><pre tabindex="0">${pretty(entry.answer)}</pre>`}
    </details>
  </li>`;
}

/** As JSON one can read; what stands in it as text that is JSON itself is unfolded too. */
function pretty(value) {
  const unfolded = (_, one) => {
    if (typeof one !== "string" || !/^[[{]/.test(one)) return one;
    try {
      return JSON.parse(one);
    } catch {
      return one;
    }
  };
  return value === null || value === undefined ? "nothing" : JSON.stringify(value, unfolded, 1);
}
