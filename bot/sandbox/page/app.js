// The page put together: the list at the left, a channel or the Home in the middle, a thread beside it.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { FormDialog, Home } from "./forms.js";
import { channelName, fullNameOf } from "./lens.js";
import { Face } from "./message.js";
import { Behind } from "./behind.js";
import { Menu } from "./menu.js";
import { Messages } from "./messages.js";
import { placeFrom } from "./place.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { applyTheme } from "./theme.js";
import { Tour, begin, onFirstVisit } from "./tour.js";

function Page({ store }) {
  const [, redraw] = useState(0);
  const [aside, setAside] = useState(false);
  useEffect(() => {
    let asked = 0;
    // Several changes within one frame are drawn once.
    store.changed = () => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        redraw((n) => n + 1);
      });
    };
    store.start();
  }, []);
  useEffect(() => {
    if (store.state) document.title = titleOf(store);
    if (store.channel) onFirstVisit(store);
  });
  if (!store.state || !store.channel) return html`<p class="waiting" role="status">${store.up ? "Opening the workspace …" : "The bot is not running. The page opens by itself when it is back."}</p>`;
  const { view, menu, place } = store;
  const thread = !store.behind && place.thread && store.channel.messages.find((one) => one.ts === place.thread);
  // While a form is open everything outside its dialog is asleep, so what lies above it is drawn inside it.
  const above = [menu && html`<${Menu} key="menu" store=${store} />`, html`<${Toasts} key="toasts" store=${store} />`];
  return html`<div class="page" onClick=${(event) => follow(event, store)} onKeyDown=${(event) => keys(event, store, setAside)}>
    <a class="skip" href="#middle">Skip to the messages</a>
    <${Sidebar} store=${store} open=${aside} close=${() => setAside(false)} />
    ${aside && html`<div class="curtain narrow-only" onClick=${() => setAside(false)}></div>`}
    <div class=${`main ${thread || store.behind ? "with-thread" : ""} ${store.tour ? "touring" : ""}`}>
      <${TopBar} store=${store} open=${() => setAside(true)} aside=${aside} />
      ${store.tour && html`<${Tour} store=${store} />`}
      <${Channel} store=${store} />
      ${thread && html`<${Thread} key=${thread.ts} store=${store} parent=${thread} />`}
      ${store.behind && html`<${Behind} store=${store} />`}
    </div>
    ${view ? html`<${FormDialog} key="form" store=${store} view=${view}>${above}<//>` : above}
    <div class="visually-hidden" role="log" aria-live="polite">${spoken(store)}</div>
  </div>`;
}

function titleOf({ state, channel, lens }) {
  const unread = state.channels.reduce((sum, one) => sum + (one.is_member ? one.unread : 0), 0);
  return `${unread ? `(${unread}) ` : ""}${channelName(channel.channel, lens)} · ${state.bot.name} · rehearsal workspace`;
}

function spoken({ spoken: message, lens }) {
  return message && html`<p key=${message.ts}>${fullNameOf(message.user, lens)}: ${message.text.slice(0, 300)}</p>`;
}

/** Links to messages of this workspace open in the page, not in a new one. */
function follow(event, store) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || !link.pathname.startsWith("/archives/")) return;
  event.preventDefault();
  const { channel, message, thread } = placeFrom(link);
  store.go({ channel, message, thread: thread || "", tab: "messages" });
}

function keys(event, store, setAside) {
  if (event.key === "Escape" && !store.view && !store.menu) {
    setAside(false);
    if (store.behind) store.lookBehind(false);
    else if (store.place.thread) store.go({ thread: "" });
  }
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const rows = [...document.querySelectorAll(".places a.place")];
  const at = rows.findIndex((one) => one.getAttribute("aria-current") === "page");
  rows[(at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length]?.click();
}

function TopBar({ store, open, aside }) {
  return html`<header class="top">
    <button type="button" class="plain narrow-only" aria-label="Channels and people" aria-expanded=${aside} aria-controls="sidebar" onClick=${open}>☰</button>
    <${Clock} store=${store} />
    <span class="narrow-only"><${Face} id=${store.state.me} lens=${store.lens} /></span>
    ${!store.up && html`<p class="line down" role="status">Reconnecting …</p>`}
    ${store.up && store.state.down && html`<p class="line down" role="status">Slack is down <button type="button" class="button small" onClick=${() => store.act("trouble", { down: false })}>Bring it back</button></p>`}
    ${store.up && !store.state.down && !store.state.bot.connected && html`<p class="line down" role="status">${store.state.bot.name} is not connected</p>`}
    <button type="button" class="plain more" aria-label="Workspace menu" title="Tour, trouble, calls" aria-haspopup="menu" onClick=${(event) => openMore(event, store)}>⋯</button>
  </header>`;
}

function openMore(event, store) {
  const items = [
    { label: "Take the tour", note: "a minute", run: () => begin(store) },
    { label: "Behind the scenes", note: "trouble, calls", run: () => store.lookBehind(true) },
  ];
  store.openMenu({ opener: event.currentTarget, label: "Workspace", items });
}

function Channel({ store }) {
  const { channel, messages } = store.channel;
  const { lens, place, state } = store;
  const bots = channel.is_im && channel.user === state.bot.user_id;
  const home = bots && place.tab === "home";
  const name = channelName(channel, lens);
  const start = html`<p class="start">This is the beginning of <bdi>${name}</bdi>.${!channel.is_im && !channel.has_bot ? ` ${state.bot.name} is not in here; write /invite @${state.bot.name.toLowerCase()} to bring it in.` : ""}</p>`;
  return html`<main class="channel" id="middle" tabindex="-1">
    <header class="channel-head">
      <h1><bdi>${name}</bdi></h1>
      ${channel.is_ext_shared && html`<span class="badge">shared with another company</span>`}
      ${bots ? html`<${Tabs} store=${store} home=${home} />` : html`<p class="topic" dir="auto">${channel.is_im ? lens.people.get(channel.user)?.profile.title : channel.topic?.value}</p>`}
    </header>
    ${home
      ? html`<${Home} store=${store} />`
      : html`<${Messages} key=${`${place.me}${channel.id}`} store=${store} messages=${messages} label=${`Messages in ${name}`} start=${start} />
          <${Bottom} key=${`w${place.me}${channel.id}`} store=${store} channel=${channel} name=${name} />`}
  </main>`;
}

function Tabs({ store, home }) {
  const tab = (name, label, chosen) => html`<button type="button" class="tab" aria-current=${chosen ? "page" : undefined} onClick=${() => store.go({ tab: name, thread: "" })}>${label}</button>`;
  return html`<nav class="tabs" aria-label="Parts of the app">${tab("messages", "Messages", !home)}${tab("home", "Home", home)}</nav>`;
}

function Bottom({ store, channel, name }) {
  if (channel.is_archived) return html`<p class="outside-note">${name} is archived.</p>`;
  if (channel.is_member) return html`<${Composer} store=${store} label=${`Write to ${name}`} />`;
  return html`<p class="outside-note">You are looking into ${name} from outside. <button type="button" class="button primary" onClick=${() => store.act("join", { channel: channel.id })}>Join</button></p>`;
}

function Thread({ store, parent }) {
  const { channel } = store.channel;
  const close = useRef(null);
  // Where there is room for one only, the thread covers what had the focus.
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === document.body || !activeElement.checkVisibility()) close.current.focus();
  }, []);
  return html`<aside class="thread" aria-label="Thread">
    <header class="channel-head">
      <h2>Thread</h2>
      <p class="topic"><bdi>${channelName(channel, store.lens)}</bdi></p>
      <button type="button" ref=${close} class="plain" aria-label="Close the thread" onClick=${() => store.go({ thread: "" })}>×</button>
    </header>
    <${Messages} store=${store} messages=${[parent, ...parent.replies]} label="Messages in the thread" inThread />
    ${channel.is_member && html`<${Composer} store=${store} thread=${parent.ts} label="Reply in the thread" />`}
  </aside>`;
}

function Toasts({ store }) {
  return html`<div class="toasts" role="alert">
    ${store.toasts.map((one) => html`<p key=${one.key} class="toast"><bdi>${one.text}</bdi><button type="button" class="plain" aria-label="Put away" onClick=${() => store.hush(one)}>×</button></p>`)}
  </div>`;
}

applyTheme();
const root = document.getElementById("page");
root.textContent = "";
render(html`<${Page} store=${new Store(() => {})} />`, root);
