// The workspace's clock, in the zone of whoever is acting, and the ways to move it forward.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { dayAndTime, fromWall, fullTime, placeName, toWall, tomorrowAtNine, whenShort, zoneName } from "./times.js";

export function Clock({ store }) {
  const [open, setOpen] = useState(false);
  const [moving, setMoving] = useState(false);
  const [, tick] = useState(0);
  const box = useRef(null);
  const { lens, state } = store;
  const now = store.now();

  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => box.current.contains(event.target) || setOpen(false);
    addEventListener("mousedown", outside);
    return () => removeEventListener("mousedown", outside);
  }, [open]);

  const move = async (body) => {
    if (moving) return;
    setMoving(true);
    await store.act("clock", body);
    setMoving(false);
  };
  const steps = [
    ["+15 min", () => move({ seconds: 900 })],
    ["+1 h", () => move({ seconds: 3600 })],
    ...(state.next_due ? [[`Next due ${whenShort(state.next_due, lens)}`, () => move({ to: "next" })]] : []),
    ["Tomorrow 09:00", () => move({ to: tomorrowAtNine(store.now(), lens.zone) })],
  ];
  const leave = (event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    box.current.querySelector(".clock-face").focus();
  };
  return html`<div class="clock" ref=${box} role="group" aria-label="The workspace’s clock" onKeyDown=${leave}>
    <button type="button" class="clock-face" aria-expanded=${open} aria-controls="clock-panel" title=${fullTime(now, lens)} onClick=${() => setOpen(!open)}>
      <span aria-hidden="true">◷</span> <time>${dayAndTime(now, lens)}</time> <span class="zone"><span class="zone-city">${placeName(lens)} · </span>${zoneName(now, lens)}</span>
    </button>
    <div class="clock-steps wide-only">${steps.map(([label, run]) => html`<button type="button" class="button small" aria-disabled=${moving} onClick=${run}>${label}</button>`)}</div>
    ${open && html`<${Panel} lens=${lens} now=${now} steps=${steps} move=${move} moving=${moving} />`}
    <span class="visually-hidden" role="status">${moving ? "The clock is moving." : ""}</span>
    ${moving && html`<span class="moving">moving …</span>`}
  </div>`;
}

function Panel({ lens, now, steps, move, moving }) {
  const [wanted, setWanted] = useState(toWall(now + 3600, lens.zone));
  const ahead = wanted && fromWall(wanted, lens.zone) > now;
  const go = (event) => {
    event.preventDefault();
    if (ahead) move({ to: fromWall(wanted, lens.zone) });
  };
  return html`<div class="clock-panel" id="clock-panel">
    <p>Move the workspace’s clock forward. What falls due on the way happens on the way.</p>
    <div class="actions">${steps.map(([label, run]) => html`<button type="button" class="button" aria-disabled=${moving} onClick=${run}>${label}</button>`)}</div>
    <form onSubmit=${go}>
      <label for="clock-moment">To a chosen moment, ${placeName(lens)} time</label>
      <div class="actions">
        <input id="clock-moment" type="datetime-local" value=${wanted} min=${toWall(now, lens.zone)} onInput=${(event) => setWanted(event.currentTarget.value)} />
        <button type="submit" class="button primary" aria-disabled=${!ahead || moving}>Go</button>
      </div>
      ${wanted && !ahead && html`<p class="error">The clock only moves forward.</p>`}
    </form>
  </div>`;
}
