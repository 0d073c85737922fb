// One message: who, when, what, the emoji on it, and what can be done with it.
import { Component } from "preact";
import { html } from "./html.js";
import { Blocks } from "./blocks.js";
import { messageDesk } from "./desk.js";
import { emoji } from "./emoji.js";
import { fullNameOf, nameOf } from "./lens.js";
import { drawMrkdwn } from "./mrkdwn.js";
import { actionsOn } from "./message_menu.js";
import { Editor } from "./editor.js";
import { ago, fullTime, timeOf } from "./times.js";

export class Message extends Component {
  /** Hundreds of messages stand in a channel; each is drawn again only when it, or the viewer, changed. */
  shouldComponentUpdate(next, state) {
    const same = ["message", "lens", "grouped", "marked", "news", "inThread"].every((name) => this.props[name] === next[name]);
    return !same || state !== this.state;
  }

  render({ store, lens, message, grouped, marked, news, inThread }, { near, editing }) {
    const bot = Boolean(message.bot_id);
    const on = actionsOn(store, message, { inThread, edit: () => this.setState({ editing: true }) });
    const kind = ["message", grouped && "grouped", message.ephemeral && "ephemeral", marked && "marked", bot && "from-bot"].filter(Boolean).join(" ");
    const come = () => near || this.setState({ near: true });
    const leave = (event) => {
      if (!event.currentTarget.contains(event.relatedTarget)) this.setState({ near: false });
    };
    return html`<article class=${kind} id=${idOf(message, inThread)} data-ts=${message.ts} tabindex="-1" aria-label=${spokenLabel(message, lens)}
      onMouseEnter=${come} onMouseLeave=${leave} onFocusIn=${come} onFocusOut=${leave} onContextMenu=${on.contextMenu}>
      ${grouped ? html`<time class="gutter" title=${fullTime(Number(message.ts), lens)}>${timeOf(Number(message.ts), lens)}</time>` : html`<${Face} id=${message.user} lens=${lens} bot=${bot} />`}
      <div class="message-main">
        ${!grouped && html`<${Byline} message=${message} lens=${lens} bot=${bot} />`}
        ${message.ephemeral && html`<p class="only-you">Only visible to you</p>`}
        ${editing ? html`<${Editor} store=${store} message=${message} done=${() => this.setState({ editing: false })} />` : html`<${Content} store=${store} message=${message} lens=${lens} />`}
        <${Reactions} message=${message} lens=${lens} on=${on} />
        ${!inThread && message.replies?.length > 0 && html`<${Replies} message=${message} lens=${lens} news=${news} on=${on} />`}
      </div>
      ${near && !editing && html`<${Tools} on=${on} />`}
    </article>`;
  }
}

export const idOf = (message, inThread) => `${inThread ? "t" : "m"}${message.ts}`;

function spokenLabel(message, lens) {
  return `${fullNameOf(message.user, lens)}, ${timeOf(Number(message.ts), lens)}${message.ephemeral ? ", only visible to you" : ""}`;
}

export function Face({ id, lens, bot }) {
  const name = fullNameOf(id, lens);
  const initials = name.split(/\s+/).map((one) => [...one][0]).slice(0, 2).join("");
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 8, 0);
  return html`<span class=${`face hue-${hue} ${bot || id === lens.bot ? "face-bot" : ""}`} aria-hidden="true">${bot || id === lens.bot ? "✓" : initials}</span>`;
}

function Byline({ message, lens, bot }) {
  const person = lens.people.get(message.user);
  const badge = bot ? "app" : person?.is_stranger ? "other company" : person?.is_restricted || person?.is_ultra_restricted ? "guest" : "";
  return html`<p class="byline">
    <strong><bdi>${fullNameOf(message.user, lens)}</bdi></strong>
    ${badge && html`<span class="badge">${badge}</span>`}
    ${person?.profile.status_emoji && html`<span title=${person.profile.status_text}>${emoji(person.profile.status_emoji.replaceAll(":", ""))}</span>`}
    <time title=${fullTime(Number(message.ts), lens)}>${timeOf(Number(message.ts), lens)}</time>
  </p>`;
}

function Content({ store, message, lens }) {
  const edited = message.edited && !message.bot_id && html`<span class="edited" title=${fullTime(Number(message.edited.ts), lens)}> (edited)</span>`;
  if (message.subtype === "tombstone") return html`<p class="gone">${message.text}</p>`;
  const channel = store.place.channel;
  const blocks = [...(message.blocks || []), ...(message.attachments || []).flatMap(attached)];
  const files = message.files?.map((one) => html`<${File} key=${one.id} file=${one} />`);
  if (!blocks.length) return html`<div class="words">${drawMrkdwn(message.text, lens)}${edited}${files}</div>`;
  const edge = message.attachments?.length && !message.blocks?.length;
  return html`<div class=${edge ? "words attached" : "words"}>
    ${edge && message.text && drawMrkdwn(message.text, lens)}
    <${Blocks} blocks=${blocks} desk=${messageDesk(store, message, channel)} />${edited}${files}
  </div>`;
}

/** A picture is shown with its title above; any other file by its title, to be kept. */
function File({ file }) {
  const address = new URL(file.url_private).pathname;
  if (!file.mimetype.startsWith("image/")) return html`<p><a href=${address} download=${file.name}>${file.title}</a></p>`;
  return html`<figure class="picture"><figcaption class="muted">${file.title}</figcaption><img src=${address} alt=${file.alt_txt || file.title} /></figure>`;
}

/** An attachment is blocks behind a coloured edge, or, as in older days, a text. */
function attached(one, index) {
  return one.blocks || [{ type: "section", block_id: `attached-${index}`, text: { type: "mrkdwn", text: one.text || one.fallback || "" } }];
}

function Reactions({ message, lens, on }) {
  if (!message.reactions?.length) return null;
  return html`<div class="reactions">
    ${message.reactions.map((one) => {
      const mine = one.users.includes(lens.me.id);
      const who = one.users.map((id) => nameOf(id, lens)).join(", ");
      const label = `${one.name.replaceAll("_", " ")}, ${one.count}: ${who}`;
      return html`<button type="button" key=${one.name} class="reaction" aria-pressed=${mine} aria-label=${label} title=${`${who} :${one.name}:`} onClick=${() => on.toggle(one.name, mine)}>
        <span aria-hidden="true">${emoji(one.name)}</span> <span class="count">${one.count}</span>
      </button>`;
    })}
    ${on.emoji && html`<button type="button" class="reaction add" aria-label="Put an emoji on" title="Put an emoji on" onClick=${on.emoji}>☺+</button>`}
  </div>`;
}

function Replies({ message, lens, news, on }) {
  const { replies } = message;
  const last = replies.at(-1);
  return html`<button type="button" class="replies" onClick=${on.thread}>
    ${[...new Set(replies.map((one) => one.user))].slice(0, 4).map((id) => html`<${Face} key=${id} id=${id} lens=${lens} />`)}
    <strong>${replies.length} ${replies.length === 1 ? "reply" : "replies"}</strong>
    ${news && html`<span class="badge news">new</span>`}
    <span class="muted">last reply ${ago(lens.now() - Number(last.ts))}</span>
  </button>`;
}

function Tools({ on }) {
  return html`<div class="tools" role="toolbar" aria-label="Message">
    ${on.emoji && html`<button type="button" aria-label="Put an emoji on" title="Put an emoji on (E)" onClick=${on.emoji}>☺</button>`}
    ${on.thread && html`<button type="button" aria-label="Reply in a thread" title="Reply in a thread (T)" onClick=${on.thread}>↳</button>`}
    ${on.more && html`<button type="button" aria-haspopup="menu" aria-label="More" title="More (M)" onClick=${on.more}>⋯</button>`}
  </div>`;
}
