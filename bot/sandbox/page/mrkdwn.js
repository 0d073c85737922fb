// Slack's mrkdwn, drawn. Pieces of text go in, elements with text inside come out; nothing is ever taken for HTML.
import { html } from "./html.js";
import { emoji } from "./emoji.js";
import { nameOf } from "./lens.js";
import { fullTime, tokens } from "./times.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    mark("\\*", "bold"),
    mark("_", "italic"),
    mark("~", "strike"),
  ].join("|"),
  "u",
);

/** A pair of marks counts only at the edges of words, so that snake_case and 2*3*4 stay themselves. */
function mark(sign, name) {
  return `(?<![\\p{L}\\p{N}])${sign}(?<${name}>[^\\s${sign}](?:[^${sign}\\n]*[^\\s${sign}])?)${sign}(?![\\p{L}\\p{N}])`;
}

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A whole text: fenced code, quotes, and lines in between. */
export function drawMrkdwn(text, lens) {
  const parts = String(text ?? "").split(/```([\s\S]+?)```/);
  return parts.map((part, index) => {
    if (index % 2) return html`<pre dir="auto">${unescape(bare(part.replace(/^\n/, "")))}</pre>`;
    return part && drawLines(index ? part.replace(/^\n/, "") : part, lens);
  });
}

function drawLines(text, lens) {
  const drawn = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    const last = drawn.at(-1);
    const content = drawInline(quoted ? line.slice(quoted[0].length) : line, lens);
    if (last && last.quoted === Boolean(quoted)) last.lines.push("\n", content);
    else drawn.push({ quoted: Boolean(quoted), lines: [content] });
  }
  return drawn.map((one) => (one.quoted ? html`<blockquote dir="auto">${one.lines}</blockquote>` : html`<span class="lines" dir="auto">${one.lines}</span>`));
}

export function drawInline(text, lens) {
  const drawn = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    drawn.push(unescape(rest.slice(0, found.index)), drawFound(found.groups, lens));
    rest = rest.slice(found.index + found[0].length);
  }
  drawn.push(unescape(rest));
  return drawn;
}

function drawFound(found, lens) {
  if (found.code) return html`<code>${unescape(bare(found.code))}</code>`;
  if (found.emoji) return drawEmoji(found.emoji);
  if (found.bold) return html`<strong>${drawInline(found.bold, lens)}</strong>`;
  if (found.italic) return html`<em>${drawInline(found.italic, lens)}</em>`;
  if (found.strike) return html`<s>${drawInline(found.strike, lens)}</s>`;
  return drawAngle(found.angle, lens);
}

/** In code a link shows its words alone. */
function bare(text) {
  return text.replace(/<(?:[^<>|\n]*\|)?([^<>\n]*)>/g, "$1");
}

export function drawEmoji(name) {
  const character = emoji(name);
  return character.startsWith(":") ? character : html`<span class="emoji" role="img" aria-label=${name.replaceAll("_", " ")} title=${`:${name}:`}>${character}</span>`;
}

function drawAngle(inside, lens) {
  const [target, ...labels] = inside.split("|");
  const label = labels.join("|");
  const [sign, id] = [target[0], target.slice(1)];
  if (sign === "@") return drawPerson(id, lens);
  if (sign === "#") return drawChannel(id, lens, label);
  if (sign !== "!") return drawLink(unescape(target), label && drawInline(label, lens), label && unescape(label));
  const [kind, ...more] = id.split("^");
  if (kind === "date") return drawDate(Number(more[0]), more[1], unescape(label), more[2], lens);
  if (kind === "subteam") return html`<bdi class="mention">${unescape(label) || "@group"}</bdi>`;
  return html`<bdi class="mention">@${kind}</bdi>`;
}

export function drawPerson(id, lens) {
  const known = lens.people.has(id);
  return html`<bdi class=${`mention ${id === lens.me.id ? "mention-me" : ""}`} title=${known ? undefined : id}>@${known ? nameOf(id, lens) : "someone unknown"}</bdi>`;
}

export function drawChannel(id, lens, label) {
  const channel = lens.channels.get(id);
  if (!channel) return html`<bdi class="mention">#${unescape(label || "") || "private channel"}</bdi>`;
  return html`<a class="mention" href=${`/archives/${id}`}><bdi>#${channel.name}</bdi></a>`;
}

const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link; where its words look like an address of another place, the true place is shown beside them. */
export function drawLink(url, drawn, words = "") {
  if (!SAFE.test(url)) return html`<span>${drawn || url}</span>`;
  const inside = /^https?:/i.test(url) && url.startsWith(`${location.origin}/`);
  const target = inside ? {} : { target: "_blank", rel: "noopener noreferrer" };
  const elsewhere = disguised(url, words);
  return html`<a href=${url} title=${url} ...${target}><bdi>${drawn || url}</bdi>${elsewhere && html`<span class="true-host"> (${elsewhere})</span>`}</a>`;
}

function disguised(url, words) {
  const claimed = /^(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?=[/:?#]|$)/iu.exec(words.trim())?.[1];
  if (!claimed) return "";
  const host = URL.canParse(url) ? new URL(url).host : "";
  const plain = (name) => name.toLowerCase().replace(/^www\./, "");
  return host && plain(host) !== plain(claimed) ? host : "";
}

export function drawDate(unix, template, fallback, link, lens) {
  const text = tokens(unix, template, fallback, lens);
  const title = Number.isFinite(unix) ? fullTime(unix, lens) : undefined;
  const time = html`<time title=${title}>${text}</time>`;
  return link ? drawLink(link, time) : time;
}
