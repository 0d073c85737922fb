// Forms (modals) and the Home: the views an app shows to one person.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Blocks } from "./blocks.js";
import { viewDesk } from "./desk.js";
import { drawEmojiIn } from "./richtext.js";

const FIELD = ".question :is(input, select, textarea)";
const words = (text, otherwise) => drawEmojiIn(text?.text || otherwise);

/** The form on top, in a dialog of the browser's own, which keeps the keyboard inside. */
export function FormDialog({ store, view, children }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    // A person came to fill something in, not to close it again.
    if (!shown.querySelector(".form-body :focus")) (shown.querySelector(FIELD) || shown.querySelector(".form-foot .primary"))?.focus();
    return () => shown.close(); // gives the focus back to where it was
  }, []);
  const leave = (event) => {
    event.preventDefault();
    if (!store.menu) store.act("close");
  };
  return html`<dialog class="form" ref=${dialog} aria-labelledby="form-title" onCancel=${leave}>
    <${Form} key=${view.id} store=${store} view=${view} />
    ${children}
  </dialog>`;
}

function Form({ store, view }) {
  const [drafts, setDrafts] = useState({});
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const desk = viewDesk(store, view, drafts, setDrafts);
  const errors = Object.keys(view.errors || {}).join(" ");

  // Whoever is told of an error stands right at its field.
  useEffect(() => {
    if (errors) form.current.querySelector('[aria-invalid="true"], .question:has(.error) input')?.focus();
  }, [errors, busy]);

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    await store.act("submit", { values: drafts, view: view.id });
    setBusy(false);
  };
  const blocksHere = new Set(view.blocks.filter((one) => one.type === "input").map((one) => one.block_id));
  const homeless = Object.entries(view.errors || {}).filter(([block]) => !blocksHere.has(block));
  return html`<form ref=${form} noValidate onSubmit=${submit}>
    <header class="form-head">
      ${view.previous_view_id && html`<button type="button" class="plain" aria-label="Back" onClick=${() => store.act("close")}>←</button>`}
      <h2 id="form-title"><bdi>${words(view.title, "Form")}</bdi></h2>
      <button type="button" class="plain" aria-label="Close the form" onClick=${() => store.act("close", { everything: true })}>×</button>
    </header>
    <div class="form-body" tabindex="-1">
      ${view.notice && html`<p class="notice" role="alert">${view.notice}</p>`}
      ${homeless.map(([, said]) => html`<p class="notice" role="alert">${said}</p>`)}
      <${Blocks} blocks=${view.blocks} desk=${desk} />
    </div>
    <footer class="form-foot">
      <button type="button" class="button" onClick=${() => store.act("close")}><bdi>${words(view.close, view.submit ? "Cancel" : "Close")}</bdi></button>
      ${view.submit && html`<button type="submit" class="button primary" aria-busy=${busy}><bdi>${words(view.submit, "Submit")}</bdi></button>`}
    </footer>
  </form>`;
}

/** The bot's Home, as it was last published for this person. */
export function Home({ store }) {
  const { home } = store;
  if (!home) return html`<div class="home empty"><p>${store.state.bot.name} has put nothing on ${store.lens.me.profile.display_name || "this person"}’s Home yet.</p></div>`;
  return html`<div class="home" tabindex="0" role="region" aria-label="Home"><${HomeBlocks} key=${home.id} store=${store} home=${home} /></div>`;
}

function HomeBlocks({ store, home }) {
  const [drafts, setDrafts] = useState({});
  return html`${home.notice && html`<p class="notice" role="alert">${home.notice}</p>`}
    <${Blocks} blocks=${home.blocks} desk=${viewDesk(store, home, drafts, setDrafts)} />`;
}
