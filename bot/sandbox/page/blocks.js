// Block Kit, drawn: every block the bot uses, and an honest line for one it might use some day.
import { html } from "./html.js";
import { drawMrkdwn, unescape } from "./mrkdwn.js";
import { RichText, drawEmojiIn } from "./richtext.js";
import { Element, INPUTS } from "./elements.js";

/** `desk` is where the blocks lie: how to draw (lens), and what choosing and pressing there does. */
export function Blocks({ blocks, desk }) {
  return html`<div class="blocks">
    ${blocks.map((block) => {
      const Kind = KINDS[block.type] || Unknown;
      return html`<${Kind} key=${block.block_id} block=${block} desk=${desk} />`;
    })}
  </div>`;
}

/** A text object: mrkdwn, or plain text in which only emoji are drawn. */
export function Text({ text, lens }) {
  if (!text) return null;
  if (typeof text === "string") return text;
  return text.type === "mrkdwn" ? drawMrkdwn(text.text, lens) : html`<bdi>${drawEmojiIn(unescape(text.text || ""))}</bdi>`;
}

function Section({ block, desk }) {
  const { accessory } = block;
  return html`<div class="section">
    <div class="section-words">
      ${block.text && html`<div dir="auto"><${Text} text=${block.text} lens=${desk.lens} /></div>`}
      ${block.fields && html`<div class="fields">${block.fields.map((field) => html`<div dir="auto"><${Text} text=${field} lens=${desk.lens} /></div>`)}</div>`}
    </div>
    ${accessory && html`<div class="accessory">${accessory.type === "image" ? html`<${Picture} image=${accessory} />` : html`<${Element} block=${block} element=${accessory} desk=${desk} />`}</div>`}
  </div>`;
}

function Header({ block, desk }) {
  return html`<h3 class="header-block" dir="auto"><${Text} text=${block.text} lens=${desk.lens} /></h3>`;
}

function Context({ block, desk }) {
  const draw = (one) => (one.type === "image" ? html`<${Picture} image=${one} />` : html`<span dir="auto"><${Text} text=${one} lens=${desk.lens} /></span>`);
  return html`<div class="context">${block.elements.map(draw)}</div>`;
}

function Divider() {
  return html`<hr />`;
}

function Actions({ block, desk }) {
  return html`<div class="actions">
    ${block.elements.map((element) => html`<${Element} key=${element.action_id} block=${block} element=${element} desk=${desk} />`)}
  </div>`;
}

function Image({ block, desk }) {
  return html`<figure>
    ${block.title && html`<figcaption dir="auto"><${Text} text=${block.title} lens=${desk.lens} /></figcaption>`}
    <${Picture} image=${block} />
  </figure>`;
}

/** Pictures from this bot are shown; others would have to be fetched from afar, so their words stand in for them. */
function Picture({ image }) {
  const url = image.image_url || "";
  const near = url.startsWith("data:image/") || url.startsWith(`${location.origin}/`);
  return near ? html`<img src=${url} alt=${image.alt_text || ""} />` : html`<span class="far-picture" role="img" aria-label=${image.alt_text}>🖼 <bdi>${image.alt_text || "picture"}</bdi></span>`;
}

/** One question of a form: its label, the element, a hint, and what is wrong with the answer. */
function Input({ block, desk }) {
  const { element } = block;
  const id = `${desk.id}-${block.block_id}`;
  const error = desk.errors?.[block.block_id];
  const words = html`<${Text} text=${block.label} lens=${desk.lens} />${block.optional && html`<span class="optional"> (optional)</span>`}`;
  const told = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const grouped = ["checkboxes", "radio_buttons"].includes(element.type);
  const inside = html`
    <${Element} block=${block} element=${element} desk=${desk} id=${id} describedby=${told} invalid=${Boolean(error)} required=${!block.optional} />
    ${block.hint && html`<p class="hint" id=${`${id}-hint`}><${Text} text=${block.hint} lens=${desk.lens} /></p>`}
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  `;
  if (!INPUTS.has(element.type)) return html`<${Unknown} block=${element} />`;
  return grouped
    ? html`<fieldset class="question" aria-describedby=${told}><legend>${words}</legend>${inside}</fieldset>`
    : html`<div class="question"><label for=${id}>${words}</label>${inside}</div>`;
}

function Rich({ block, desk }) {
  return html`<${RichText} elements=${block.elements} lens=${desk.lens} />`;
}

function Markdown({ block }) {
  return html`<div class="lines" dir="auto">${block.text}</div>`;
}

function Unknown({ block }) {
  return html`<p class="unknown">(A ${String(block.type).replaceAll("_", " ")}, which this page does not draw.)</p>`;
}

const KINDS = {
  section: Section,
  header: Header,
  context: Context,
  divider: Divider,
  actions: Actions,
  image: Image,
  input: Input,
  rich_text: Rich,
  markdown: Markdown,
};
