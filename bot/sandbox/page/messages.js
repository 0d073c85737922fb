// A list of messages: by day, by person, with what is new, and at its end unless one reads further up.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Message, idOf } from "./message.js";
import { dayKey, dayLabel } from "./times.js";

const STEP = 40; // so many messages are drawn at once; the earlier ones as one scrolls towards them
const TOGETHER = 300; // seconds within which one person's messages stand together

export function Messages({ store, messages, label, inThread = false, start }) {
  const list = useRef(null);
  const atEnd = useRef(true);
  const seen = messages.filter((one) => !store.dismissed.has(one.ts));
  const marked = store.place.message;
  const [first, setFirst] = useState(() => seen.at(-STEP)?.ts || ""); // stays, so that arrivals push nothing out above
  const from = Math.min(indexFrom(seen, first), marked ? indexFrom(seen, marked) : Infinity);
  const shown = seen.slice(from);

  const above = useRef(null); // what stood first before earlier messages were put above it

  useLayoutEffect(() => {
    if (atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  });
  // The browsers that would keep the place by themselves do not do so at the very top.
  useLayoutEffect(() => {
    if (above.current) list.current.scrollTop += above.current.element.offsetTop - above.current.top;
    above.current = null;
  }, [from]);
  useEffect(() => {
    const wanted = marked && document.getElementById(idOf({ ts: marked }, inThread));
    if (!wanted) return;
    wanted.scrollIntoView({ block: "center" });
    atEnd.current = isAtEnd(list.current);
  }, [marked, from]);
  // Pictures, fonts and long texts settle after the first drawing; the end must stay in sight meanwhile.
  useEffect(() => {
    const box = list.current;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box.firstElementChild);
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const scrolled = () => {
    atEnd.current = isAtEnd(list.current);
    if (list.current.scrollTop < 1500 && from > 0) earlier();
  };
  const earlier = () => {
    const element = list.current.querySelector(".message");
    above.current ||= { element, top: element.offsetTop };
    setFirst(seen[from - STEP]?.ts || "");
  };
  return html`<div class="messages" ref=${list} role="region" aria-label=${label} tabindex="0" onScroll=${scrolled} onKeyDown=${walk}>
    <div class="messages-inside">
      ${from > 0 ? html`<button type="button" class="button earlier" onClick=${earlier}>Earlier messages</button>` : start}
      ${withDays(shown, store).flatMap(({ message, day, fresh, grouped, news }) => [
        day && html`<h2 class="day" key=${`day-${day}`}><span>${day}</span></h2>`,
        fresh && html`<p class="fresh" key="fresh"><span>New</span></p>`,
        html`<${Message} key=${message.ts} store=${store} lens=${store.lens} message=${message} grouped=${grouped} news=${news} marked=${message.ts === marked} inThread=${inThread} />`,
      ])}
      ${!shown.length && html`<p class="empty">Nothing here yet.</p>`}
    </div>
  </div>`;
}

const isAtEnd = ({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - scrollTop - clientHeight < 40;

/** Where the messages from that moment on begin. */
function indexFrom(seen, ts) {
  const index = seen.findIndex((one) => one.ts >= ts);
  return index < 0 ? Math.max(0, seen.length - STEP) : index;
}

function withDays(shown, store) {
  const { lens, unreadFrom } = store;
  let before = null;
  return shown.map((message) => {
    const unix = Number(message.ts);
    const newDay = !before || dayKey(Number(before.ts), lens.zone) !== dayKey(unix, lens.zone);
    const fresh = Boolean(unreadFrom) && message.ts >= unreadFrom && !(before && before.ts >= unreadFrom);
    const near = before && before.user === message.user && unix - Number(before.ts) < TOGETHER && before.ephemeral === message.ephemeral;
    const grouped = Boolean(near && !newDay && !fresh && !before.replies?.length && !before.subtype && !message.subtype);
    const news = Boolean(unreadFrom) && message.replies?.some((one) => one.ts >= unreadFrom && one.user !== lens.me.id);
    before = message;
    return { message, news, day: newDay && dayLabel(unix, lens), fresh, grouped };
  });
}

/** Up and down walk from message to message; letters are the doors of the one that has the focus. */
function walk(event) {
  const here = event.target.closest(".message");
  const list = event.currentTarget;
  if (event.target !== here && event.target !== list) return; // somebody types, or a button has the focus
  const all = [...list.querySelectorAll(".message")];
  const at = here ? all.indexOf(here) : all.length;
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  const tool = here && { e: 'Put an emoji on', t: "Reply in a thread", m: "More" }[event.key.toLowerCase()];
  if (tool && !event.ctrlKey && !event.metaKey && !event.altKey) here.querySelector(`.tools [aria-label="${tool}"]`)?.click();
  else if (to !== undefined && all[to]) all[to].focus();
  else return;
  event.preventDefault();
}
