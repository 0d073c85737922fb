// The tour: five steps, each suggesting what to type or press, noticing when it is done, and pointing at the result.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";

const OVER = "kept-tour"; // remembered for good, in this browser
const AT = "kept-tour-at"; // in this tab: a page read again goes on where it was

const STEPS = [
  {
    title: "Log an issue",
    words: "Acme Freight is on the phone: charged twice for March. One line is enough.",
    line: (store) => `${command(store, "issue")} Acme Freight: charged twice for March`,
    seen: (store, tour) => tookSince(store, tour, "issue") && posted(store, tour, { toAll: true }),
    done: "Logged, with a name and a number. This one card stays true as things change.",
  },
  {
    title: "Promise a callback",
    words: "You say you will ring back in 20 minutes. From now on it is Kept that remembers.",
    line: (store) => `${command(store, "callback")} Acme Freight in 20 minutes about the refund`,
    seen: (store, tour) => tookSince(store, tour, "callback") && posted(store, tour, { toAll: false, button: "Undo" }),
    done: "Kept repeats the time in full, so that a slip is seen at once. Fix and Undo are beside it.",
  },
  {
    title: "Move the clock",
    words: "Here, and only here, time can be moved. Go to the minute the promise is due.",
    press: ["Go to the next thing due", untilReminded],
    seen: (store, tour) => toldDirectly(store, tour),
    done: "A reminder, to you alone. Until one of these buttons is pressed, Kept does not let go.",
  },
  {
    title: "Escalate with an emoji",
    words: "It cannot wait? Anybody puts 🚨 on a message: no command, no form.",
    press: ["Put 🚨 on the card", raiseAlarm],
    seen: (store, tour) => tour.raised && (posted(store, tour, { toAll: true }) || elsewhere(store, tour)),
    done: "Announced once, where it is heard. Somebody now owes you an answer.",
  },
  {
    title: "Look at the digest",
    words: "What a manager reads each working morning. You may look at any time.",
    line: (store) => command(store, "digest"),
    seen: (store, tour) => tookSince(store, tour, "digest") && posted(store, tour, { toAll: false }),
    done: "Names first, the oldest and the overdue on top. One message a day, none when all is quiet.",
  },
];

/** The tour of somebody who has never been here; the next time it waits in the menu. */
export function onFirstVisit(store) {
  if (store.tourKnown) return;
  store.tourKnown = true;
  const at = JSON.parse(sessionStorage.getItem(AT) || "null");
  const bot = store.state.commands.some((one) => one.name.endsWith("issue"));
  if (bot && at) enter(store, at.step, at.card);
  else if (bot && !localStorage.getItem(OVER)) begin(store);
}

export async function begin(store) {
  await goHome(store);
  enter(store, 0);
}

function enter(store, step, card) {
  sessionStorage.setItem(AT, JSON.stringify({ step, card }));
  const unread = Object.fromEntries(store.state.channels.map((one) => [one.id, one.unread]));
  store.commanded = "";
  store.tourAt({ step, card, after: latest(store), unread, result: null, raised: false });
}

function end(store) {
  localStorage.setItem(OVER, "over");
  sessionStorage.removeItem(AT);
  store.tourAt(null);
}

export function Tour({ store }) {
  const { tour } = store;
  const step = STEPS[tour.step];
  const last = tour.step === STEPS.length - 1;
  useEffect(() => {
    const result = !tour.result && step.seen(store, tour);
    if (result) notice(store, tour, result);
  });
  const next = async () => {
    if (last) {
      end(store);
      store.say("That was the tour. You find it again in the menu at the top right.");
      return;
    }
    if (step.line || STEPS[tour.step + 1].line) await goHome(store);
    enter(store, tour.step + 1, tour.card);
  };
  const there = tour.result && tour.result.channel === store.place.channel;
  return html`<section class=${`tour ${tour.result ? "tour-done" : ""}`} aria-label="Tour">
    <div class="tour-words">
      <h2><span class="tour-count">${tour.result ? "✓" : ""} ${tour.step + 1} of ${STEPS.length}</span> ${step.title}</h2>
      <div role="status"><p>${tour.result ? step.done : tour.written ? "It stands where you write. Press Enter, or Send." : step.words}</p></div>
      ${!tour.result && step.line && html`<p><code>${step.line(store)}</code></p>`}
    </div>
    <div class="tour-actions">
      ${!tour.result && html`<${Suggestion} store=${store} step=${step} />`}
      ${tour.result && !there && html`<button type="button" class="button primary" onClick=${() => point(store, tour.result)}>Show me</button>`}
      ${tour.result && there && html`<button type="button" class="button primary" onClick=${next}>${last ? "Finish" : "Next"}</button>`}
      ${!tour.result && html`<button type="button" class="button" onClick=${next}>${last ? "Finish" : "Skip this"}</button>`}
      <button type="button" class="plain" aria-label="End the tour" title="End the tour" onClick=${() => end(store)}>×</button>
    </div>
  </section>`;
}

function Suggestion({ store, step }) {
  if (step.press) {
    const [label, run] = step.press;
    return html`<button type="button" class="button primary" onClick=${() => run(store)}>${label}</button>`;
  }
  const write = async () => {
    await goHome(store);
    store.compose(step.line(store));
    store.tourAt({ ...store.tour, written: true });
  };
  return html`<button type="button" class="button primary" title="Puts the line where you write; you send it" onClick=${write}>Write it for me</button>`;
}

/** Done: remember the result, and show it if it is on the page. */
function notice(store, tour, result) {
  const card = tour.step === 0 ? result.ts : tour.card;
  store.tourAt({ ...tour, result, card });
  if (result.channel === store.place.channel) point(store, result);
}

/** Go to a message and light it up; without `ts`, the latest of the bot's there. */
async function point(store, { channel, ts }) {
  await store.go({ channel, thread: "" });
  const found = ts || store.channel.messages.findLast((one) => one.bot_id)?.ts;
  if (found) await store.go({ channel, message: found });
}

// Where things happen

/** To a channel where the bot is, as somebody who may speak to it there. */
async function goHome(store) {
  store.lookBehind(false);
  const able = (one) => !one.is_bot && !one.deleted && !one.is_stranger && !one.is_restricted && !one.is_ultra_restricted;
  if (!able(store.lens.me)) await store.go({ me: store.state.people.find(able).id, channel: "", thread: "" });
  const home = store.state.channels.find((one) => one.is_member && one.has_bot && !one.is_im);
  if (home && (store.place.channel !== home.id || store.place.thread || store.place.tab === "home")) await store.go({ channel: home.id, thread: "" });
}

/** To the next thing due; where other promises are due first, to the one after, until there is a reminder. */
async function untilReminded(store) {
  let moved = true;
  for (let moves = 0; moved && moves < 6 && !toldDirectly(store, store.tour); moves += 1) moved = await store.act("clock", { to: "next" });
}

/** The emoji goes on the card of the first step, or else on what somebody said last. */
async function raiseAlarm(store) {
  await goHome(store);
  const { messages, channel } = store.channel;
  const onto = messages.find((one) => one.ts === store.tour.card) || messages.findLast((one) => !one.ephemeral && !one.subtype);
  if (!onto) return;
  store.tourAt({ ...store.tour, raised: true, after: latest(store) });
  await store.act("react", { channel: channel.id, ts: onto.ts, emoji: "rotating_light" });
}

// What has happened

/** A command by its plain name, as it is called in this workspace. */
function command(store, name) {
  return store.state.commands.find((one) => one.name.endsWith(name))?.name || `/${name}`;
}

function tookSince(store, tour, name) {
  return store.commanded.split(/\s/)[0] === command(store, name);
}

const latest = (store) => store.channel.messages.reduce((last, one) => (one.ts > last ? one.ts : last), "");

/** The bot's latest message here since the step began: one for all to see, or for this person alone. */
function posted(store, { after }, { toAll, button }) {
  const { messages, channel } = store.channel;
  const fits = (one) => one.bot_id && one.ts > after && one.ephemeral !== toAll && (!button || JSON.stringify(one.blocks).includes(`"${button}"`));
  const found = messages.findLast(fits);
  return found ? { channel: channel.id, ts: found.ts } : null;
}

function toldDirectly(store, tour) {
  const direct = store.state.channels.find((one) => one.is_im && one.user === store.state.bot.user_id);
  if (!direct) return null;
  if (direct.id === store.place.channel) return posted(store, tour, { toAll: true });
  return direct.unread > (tour.unread[direct.id] || 0) ? { channel: direct.id } : null;
}

/** Another channel in which something is new. */
function elsewhere(store, tour) {
  const found = store.state.channels.find((one) => one.is_member && !one.is_im && one.id !== store.place.channel && one.unread > (tour.unread[one.id] || 0));
  return found ? { channel: found.id } : null;
}
