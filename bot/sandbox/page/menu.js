// The one menu open at a time: things to do, emoji to choose, or a question to answer.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { EMOJI, PICKER, emoji } from "./emoji.js";

export function Menu({ store }) {
  const { menu } = store;
  const box = useRef(null);
  const [spot, setSpot] = useState(null);

  // Beside what opened it, and wholly on the screen.
  useLayoutEffect(() => {
    const { width, height } = box.current.getBoundingClientRect();
    const { beside } = menu;
    const left = Math.max(8, Math.min(beside.left, innerWidth - width - 8));
    const below = beside.bottom + 4;
    const top = below + height < innerHeight - 8 ? below : Math.max(8, beside.top - height - 4);
    setSpot({ left, top });
  }, [menu]);
  useEffect(() => {
    if (spot) box.current.querySelector("[data-first], button")?.focus({ preventScroll: true });
  }, [Boolean(spot)]);

  const close = () => {
    menu.answer?.(false);
    store.closeMenu();
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: menu.pick && 1, ArrowLeft: menu.pick && -1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab" && menu.items) close();
    else if (step && event.target.tagName === "BUTTON") move(box.current, step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const style = menu.confirm ? "" : spot ? `left:${spot.left}px;top:${spot.top}px` : "visibility:hidden";
  const Inside = menu.confirm ? Question : menu.pick ? Emoji : Items;
  return html`<div class=${`veil ${menu.confirm ? "veil-dark" : ""}`} onMouseDown=${(event) => event.target === event.currentTarget && close()}>
    <div class=${`menu ${menu.confirm ? "menu-question" : ""}`} ref=${box} style=${style} onKeyDown=${keys}>
      <${Inside} store=${store} menu=${menu} close=${close} />
    </div>
  </div>`;
}

function move(box, step) {
  const all = [...box.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  all[(at + step + all.length) % all.length]?.focus();
}

function Items({ store, menu }) {
  const run = (item) => {
    store.closeMenu();
    item.run();
  };
  return html`<div role="menu" aria-label=${menu.label}>
    ${menu.items.map((item) => html`<button type="button" role="menuitem" tabindex="-1" onClick=${() => run(item)}><bdi>${item.label}</bdi>${item.note && html`<small>${item.note}</small>`}</button>`)}
  </div>`;
}

function Emoji({ store, menu }) {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
  const found = wanted ? [...EMOJI.keys()].filter((name) => name.includes(wanted)).slice(0, 24) : PICKER;
  const pick = (name) => {
    store.closeMenu();
    menu.pick(name);
  };
  const enter = (event) => {
    if (event.key !== "Enter" || !wanted) return;
    event.preventDefault();
    pick(found[0] || wanted);
  };
  return html`<div role="dialog" aria-label="Choose an emoji" class="emoji-picker">
    <div class="emoji-grid">
      ${found.map((name, index) => html`<button type="button" key=${name} data-first=${index === 0 || undefined} aria-label=${name.replaceAll("_", " ")} title=${`:${name}:`} onClick=${() => pick(name)}>${emoji(name)}</button>`)}
      ${!found.length && html`<p class="muted">No such emoji in this small box.</p>`}
    </div>
    <input type="text" aria-label="Find an emoji by its name" placeholder="Find by name …" value=${typed} onInput=${(event) => setTyped(event.currentTarget.value)} onKeyDown=${enter} />
  </div>`;
}

function Question({ store, menu, close }) {
  const { confirm } = menu;
  const yes = () => {
    store.closeMenu();
    menu.answer(true);
  };
  return html`<div role="alertdialog" aria-modal="true" aria-labelledby="question-title" aria-describedby="question-text">
    <h2 id="question-title"><bdi>${confirm.title?.text}</bdi></h2>
    <p id="question-text" dir="auto">${confirm.text?.text}</p>
    <div class="actions">
      <button type="button" class=${`button ${confirm.style === "danger" ? "danger" : "primary"}`} data-first onClick=${yes}>${confirm.confirm?.text || "Yes"}</button>
      <button type="button" class="button" onClick=${close}>${confirm.deny?.text || "No"}</button>
    </div>
  </div>`;
}
