// Type and choose: for menus that ask the app what to offer, and for those in which several may be chosen.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { drawEmojiIn } from "./richtext.js";

const PAUSE = 150; // milliseconds without a key before the app is asked

export function Combobox({ id, aria, options, set, search, several, placeholder, required, least = 0 }) {
  const own = useId();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(null); // null: nothing since it was opened, the chosen one is shown
  const [offered, setOffered] = useState(null);
  const [at, setAt] = useState(0);
  const asked = useRef(0);
  const input = useRef(null);
  const shown = several ? "" : drawEmojiIn(options[0]?.text.text || "");
  // Whoever opens a list to choose another sees them all, as long as it can be asked for without a letter.
  const asking = typed ?? (least ? shown : "");

  useEffect(() => {
    const turn = ++asked.current; // also when it closes: what is still being looked up comes too late
    if (!open) return undefined;
    const wait = setTimeout(async () => {
      const found = await search(asking);
      if (turn !== asked.current) return; // a later word is being looked up
      setOffered(found && found.filter((one) => !several || !options.some((other) => other.value === one.value)));
      setAt(0);
    }, PAUSE);
    return () => clearTimeout(wait);
  }, [open, typed, options.length]);

  const start = () => {
    if (open) return;
    setOpen(true);
    input.current.select(); // what one types takes the place of what was chosen
  };
  const stop = () => {
    setOpen(false);
    setTyped(null);
    setOffered(null);
  };
  const choose = (option) => {
    if (several) set([...options, option]);
    else set([option]);
    several ? setTyped("") : stop();
    input.current.focus();
  };
  const keys = (event) => {
    const last = (offered?.length || 0) - 1;
    if (event.key === "ArrowDown" && !open) start();
    else if (event.key === "ArrowDown") setAt(Math.min(at + 1, last));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && open && offered?.[at]) choose(offered[at]);
    else if (event.key === "Escape" && open) stop();
    else if (event.key === "Backspace" && several && !typed && options.length) set(options.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const change = (event) => {
    const value = event.currentTarget.value;
    if (!several && !value && options.length) set([]);
    setTyped(value);
    setOpen(true);
  };
  return html`<div class="combobox">
    ${several && options.length > 0 && html`<ul class="chips">${options.map((one) => html`<${Chip} key=${one.value} option=${one} drop=${() => set(options.filter((other) => other !== one))} />`)}</ul>`}
    <input
      ...${aria} id=${id} ref=${input} type="text" role="combobox" autocomplete="off" dir="auto"
      aria-expanded=${open} aria-controls=${`${own}-list`} aria-autocomplete="list" aria-required=${required || undefined}
      aria-activedescendant=${offered?.[at] ? `${own}-${at}` : undefined}
      value=${typed ?? shown} placeholder=${placeholder || "Type to choose …"}
      onInput=${change} onClick=${start}
      onBlur=${stop} onKeyDown=${keys}
    />
    <ul class="offers" id=${`${own}-list`} role="listbox" hidden=${!open}>
      ${open && (offered || []).map((option, index) => html`<${Offer} key=${option.value} option=${option} id=${`${own}-${index}`} chosen=${index === at} choose=${() => choose(option)} />`)}
      ${open && !offered?.length && html`<li class="no-offer" role="presentation">${offered ? "Nothing found." : asking.length < least ? `Type ${least > 1 ? `at least ${least} letters` : "to search"}.` : "Looking …"}</li>`}
    </ul>
  </div>`;
}

function Offer({ option, id, chosen, choose }) {
  const row = useRef(null);
  useEffect(() => {
    if (chosen) row.current.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  // On mousedown, before the field loses the focus and the list its reason to be there.
  const pick = (event) => {
    event.preventDefault();
    choose();
  };
  return html`<li ref=${row} id=${id} role="option" aria-selected=${chosen} onMouseDown=${pick}>
    <bdi>${drawEmojiIn(option.text.text)}</bdi>${option.description && html`<small>${option.description.text}</small>`}
  </li>`;
}

function Chip({ option, drop }) {
  const name = drawEmojiIn(option.text.text);
  return html`<li class="chip"><bdi>${name}</bdi><button type="button" aria-label=${`Remove ${name}`} onClick=${drop}>×</button></li>`;
}
