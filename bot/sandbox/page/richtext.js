// rich_text: the blocks in which user text cannot turn into anything else.
import { html } from "./html.js";
import { EMOJI, emoji } from "./emoji.js";
import { drawChannel, drawDate, drawEmoji, drawLink, drawPerson } from "./mrkdwn.js";

export function RichText({ elements, lens }) {
  return html`<div class="rich">${elements.map((one) => drawPart(one, lens))}</div>`;
}

function drawPart(part, lens) {
  const inside = () => (part.elements || []).map((leaf) => drawLeaf(leaf, lens));
  if (part.type === "rich_text_list") return drawList(part, lens);
  if (part.type === "rich_text_quote") return html`<blockquote dir="auto">${inside()}</blockquote>`;
  if (part.type === "rich_text_preformatted") return html`<pre dir="auto">${inside()}</pre>`;
  return html`<div class="lines" dir="auto">${inside()}</div>`;
}

function drawList(list, lens) {
  const items = list.elements.map((item) => html`<li dir="auto">${item.elements.map((leaf) => drawLeaf(leaf, lens))}</li>`);
  const level = `level-${Math.min(list.indent || 0, 5)}`;
  return list.style === "ordered" ? html`<ol class=${level} start=${(list.offset || 0) + 1}>${items}</ol>` : html`<ul class=${level}>${items}</ul>`;
}

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => drawLink(leaf.url, leaf.text, leaf.text),
  user: (leaf, lens) => drawPerson(leaf.user_id, lens),
  usergroup: () => html`<bdi class="mention">@group</bdi>`,
  channel: (leaf, lens) => drawChannel(leaf.channel_id, lens),
  emoji: (leaf) => drawEmoji(leaf.name),
  broadcast: (leaf) => html`<bdi class="mention">@${leaf.range}</bdi>`,
  date: (leaf, lens) => drawDate(leaf.timestamp, leaf.format, leaf.fallback, leaf.url, lens),
  color: (leaf) => leaf.value,
};

function drawLeaf(leaf, lens) {
  const drawn = LEAVES[leaf.type]?.(leaf, lens) ?? leaf.text ?? "";
  const style = leaf.style || {};
  let styled = style.code ? html`<code>${drawn}</code>` : drawn;
  if (style.bold) styled = html`<strong>${styled}</strong>`;
  if (style.italic) styled = html`<em>${styled}</em>`;
  if (style.strike) styled = html`<s>${styled}</s>`;
  return styled;
}

/** Plain text in which `:tada:` is drawn and nothing else is. */
export function drawEmojiIn(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => (EMOJI.has(name) ? emoji(name) : whole));
}
