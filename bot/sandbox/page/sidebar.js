// Who one is, and where one can go.
import { html } from "./html.js";
import { emoji } from "./emoji.js";
import { Face } from "./message.js";
import { fullNameOf } from "./lens.js";
import { placeName, timeOf } from "./times.js";
import { ThemeSwitch } from "./theme.js";

export function Sidebar({ store, open, close }) {
  const { state } = store;
  const channels = state.channels.filter((one) => !one.is_im && !one.is_archived);
  const [mine, others] = [channels.filter((one) => one.is_member), channels.filter((one) => !one.is_member)];
  return html`<nav class=${`sidebar ${open ? "open" : ""}`} id="sidebar" aria-label="Workspace">
    <header class="brand">
      <p><strong>${state.bot.name}</strong> · rehearsal workspace</p>
      <p class="team"><bdi>${state.team.name}</bdi></p>
      <button type="button" class="plain narrow-only" aria-label="Close the list" onClick=${close}>×</button>
    </header>
    <${Who} store=${store} />
    <div class="places">
      <${List} title="Channels" rows=${mine.map((one) => html`<${Row} key=${one.id} store=${store} channel=${one} close=${close} />`)} />
      ${others.length > 0 && html`<${List} title="More channels" rows=${others.map((one) => html`<${Row} key=${one.id} store=${store} channel=${one} close=${close} />`)} />`}
      <${List} title="Direct messages" rows=${directs(store).map((one) => html`<${Row} key=${one.user} store=${store} channel=${one} close=${close} />`)} />
    </div>
    <footer><${ThemeSwitch} /></footer>
  </nav>`;
}

function Who({ store }) {
  const { state, lens } = store;
  const people = state.people.filter((one) => !one.is_bot && !one.deleted);
  const { me } = lens;
  const kind = me.is_stranger ? "other company" : me.is_restricted || me.is_ultra_restricted ? "guest" : "";
  return html`<div class="who">
    <${Face} id=${me.id} lens=${lens} />
    <div>
      <label for="who">You are ${kind && html`<span class="badge">${kind}</span>`}</label>
      <select id="who" value=${me.id} onChange=${(event) => store.become(event.currentTarget.value)}>
        ${people.map((one) => html`<option value=${one.id} selected=${one.id === me.id}>${fullNameOf(one.id, lens)}${one.profile.title && one.id !== me.id ? ` — ${one.profile.title}` : ""}</option>`)}
      </select>
      <p class="muted">${[me.profile.title, placeName(lens), timeOf(store.now(), lens)].filter(Boolean).join(" · ")}</p>
    </div>
  </div>`;
}

/** The bot first, then those one has written with, then everybody else. */
function directs({ state, lens }) {
  const open = new Map(state.channels.filter((one) => one.is_im).map((one) => [one.user, one]));
  const rank = (one) => (one.id === state.bot.user_id ? 0 : open.has(one.id) ? 1 : 2);
  const others = state.people.filter((one) => one.id !== lens.me.id && !one.deleted).sort((a, b) => rank(a) - rank(b));
  return others.map((one) => open.get(one.id) || { id: `@${one.name}`, is_im: true, user: one.id, unread: 0, is_member: true });
}

function List({ title, rows }) {
  const id = `list-${title.replaceAll(" ", "-")}`;
  return html`<section><h2 id=${id}>${title}</h2><ul aria-labelledby=${id}>${rows}</ul></section>`;
}

function Row({ store, channel, close }) {
  const { place, lens, state } = store;
  const here = channel.id === place.channel;
  const unread = here ? 0 : channel.unread;
  const person = channel.is_im ? lens.people.get(channel.user) : null;
  const go = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // the browser opens another tab
    event.preventDefault();
    store.go({ channel: channel.id, thread: "" });
    close();
  };
  const address = `/archives/${encodeURIComponent(channel.id)}?as=${state.me}`;
  const kind = ["place", unread && "unread", !channel.is_member && "outside"].filter(Boolean).join(" ");
  return html`<li>
    <a class=${kind} href=${address} aria-current=${here ? "page" : undefined} onClick=${go}>
      ${person ? html`<${Face} id=${person.id} lens=${lens} />` : html`<span class="sign" aria-hidden="true">${channel.is_private ? "◆" : "#"}</span>`}
      <span class="place-name"><bdi>${person ? fullNameOf(person.id, lens) : channel.name}</bdi>${person?.profile.status_emoji ? ` ${emoji(person.profile.status_emoji.replaceAll(":", ""))}` : ""}</span>
      ${channel.is_ext_shared && html`<span class="badge" title="Shared with another company">shared</span>`}
      ${channel.is_private && !channel.is_im && html`<span class="visually-hidden">, private</span>`}
      ${unread > 0 && html`<span class="count" aria-label=${`${unread} unread`}>${unread > 99 ? "99+" : unread}</span>`}
    </a>
  </li>`;
}
