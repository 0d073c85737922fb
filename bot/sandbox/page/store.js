// What the page knows, and how it stays true: one store that reads again whenever the workspace says it changed.
import { Refusal, act, live, read } from "./api.js";
import { makeLens } from "./lens.js";
import { addressOf, placeFrom } from "./place.js";

const BREATH = 120; // milliseconds between two readings while changes come thick and fast

export class Store {
  constructor(changed) {
    this.changed = changed;
    this.place = this.heading = placeFrom(location); // where one is, and where one is going
    this.state = this.lens = this.channel = this.view = this.home = this.menu = null;
    this.up = true;
    this.toasts = [];
    this.dismissed = new Set(); // ephemeral messages put away; Slack, too, remembers this nowhere
    this.unreadFrom = "";
    this.spoken = "";
    this.tour = null; // how far the tour is, while there is one
    this.tourKnown = false; // whether it was looked up if this is a first visit
    this.behind = false; // whether one looks behind the scenes
    this.written = ""; // what waits to be put into the composer
    this.commanded = ""; // the command the app took last
    this.now = () => this._now();
  }

  start() {
    addEventListener("popstate", () => this._arrive(placeFrom(location)));
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
    live(
      () => this.refresh(),
      (up) => this._set({ up }),
    );
  }

  // Going somewhere

  go(change) {
    const place = { ...this.heading, message: "", ...change };
    if (change.channel && change.channel !== this.heading.channel) place.thread = change.thread || "";
    if (change.channel && !change.tab) place.tab = "messages";
    const address = addressOf(place);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    return this._arrive(place);
  }

  become(me) {
    const here = this.state?.channels.find((one) => one.id === this.place.channel);
    // Direct messages are one's own: another person goes to theirs with the same other.
    const other = here?.is_im && this.state.people.find((one) => one.id === here.user);
    const channel = other && other.id !== me ? `@${other.name}` : here?.is_im ? "" : this.place.channel;
    return this.go({ me, channel: channel || this.place.channel, thread: "", tab: this.place.tab });
  }

  async _arrive(place) {
    const opened = ["channel", "me", "tab"].some((name) => place[name] !== this.heading[name]);
    this.heading = place;
    this._set({ menu: null });
    await this.refresh(); // until it is read, the page stays where it was
    if (opened) await this._openApp();
  }

  /** The bot is told when somebody opens its messages or its Home, and only then fills the Home. */
  async _openApp() {
    const channel = this.channel?.channel;
    if (!channel?.is_im || channel.user !== this.state.bot.user_id) return;
    await this.act("home", { tab: this.place.tab });
  }

  // Reading

  /** Read everything again; calls that come while it reads are answered by one more reading. */
  async refresh() {
    this.again = true;
    this.reading ||= this._read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  async _read() {
    while (this.again) {
      this.again = false;
      try {
        await this._load(this.heading);
      } catch (trouble) {
        if (!(trouble instanceof Refusal)) return; // not there: the live line will call when it is back
        this.say(trouble.message);
        return;
      }
      if (this.again) await new Promise((resolve) => setTimeout(resolve, BREATH));
    }
  }

  async _load(place) {
    const state = await this._readState(place);
    const settled = this._settle(place, state);
    const as = state.me;
    const [channel, view, home] = await Promise.all([
      // A page nobody looks at reads no messages, so that they stay unread.
      document.hidden && this.channel?.channel.id === settled.channel && this.state.me === as ? this.channel : read("channel", { as, id: settled.channel }),
      read("view", { as }),
      settled.tab === "home" ? read("home", { as }) : { view: null },
    ]);
    if (place !== this.heading) {
      this.again = true;
      return;
    }
    this._apply(settled, state, channel, view.view, home.view);
  }

  async _readState(place) {
    try {
      return await read("state", place.me ? { as: place.me } : {});
    } catch (trouble) {
      if (!(trouble instanceof Refusal) || !place.me) throw trouble;
      return read("state"); // that person is gone, as after a restart with other people
    }
  }

  /** The place as it can be: a person who exists, a channel they see. */
  _settle(place, state) {
    const seen = state.channels.some((one) => one.id === place.channel) || place.channel.startsWith("@");
    const team = state.channels.filter((one) => one.is_member && !one.is_im);
    const first = team.find((one) => one.has_bot) || team[0] || state.channels[0];
    return { ...place, me: state.me, channel: seen ? place.channel : first.id, thread: seen ? place.thread : "" };
  }

  _apply(settled, state, channel, view, home) {
    const readAt = performance.now();
    this._now = () => state.now + (state.running ? (performance.now() - readAt) / 1000 : 0);
    const moved = this.channel?.channel.id !== channel.channel.id || this.state.me !== state.me;
    channel.messages = kept(moved ? [] : this.channel.messages, channel.messages);
    if (moved) this.unreadFrom = firstUnread(channel, state);
    else this._speak(this.channel, channel);
    this.place = this.heading = { ...settled, channel: channel.channel.id };
    const address = addressOf(this.place);
    if (address !== location.pathname + location.search) history.replaceState(null, "", address);
    this._set({ state, channel, view, home, lens: makeLens(state, this.now, this.lens) });
  }

  /** Say the latest arrival aloud, for those who listen to the page. */
  _speak(before, after) {
    const last = (channel) => withReplies(channel).reduce((a, b) => (a && a.ts > b.ts ? a : b), null);
    const [old, fresh] = [last(before), last(after)];
    if (fresh && fresh.user !== this.place.me && (!old || fresh.ts > old.ts)) this.spoken = fresh;
  }

  // Doing

  /** Do something as the person; null if it was refused, which is then said on the page. */
  async act(deed, body = {}) {
    const answer = await this.actQuietly(deed, body);
    await this.refresh();
    return answer;
  }

  /** The same for what changes nothing a person would see, and so needs no reading afterwards. */
  async actQuietly(deed, body) {
    try {
      const answer = await act(deed, { as: this.state.me, ...body });
      if (deed === "command" && answer.ok) this.commanded = body.text;
      if (answer.ok === false && !answer.text && answer.status !== "incomplete" && !body.view && !body.ts)
        this.say(`${this.state.bot.name} did not take that (${answer.status}). Try again?`);
      return answer;
    } catch (trouble) {
      const gone = "The bot is not running at the moment. The page tries again by itself.";
      this.say(trouble instanceof Refusal ? trouble.message : gone);
      return null;
    }
  }

  say(text) {
    const toast = { text, key: Math.random() };
    this._set({ toasts: [...this.toasts.slice(-2), toast] });
    setTimeout(() => this.hush(toast), 8000);
  }

  hush(toast) {
    this._set({ toasts: this.toasts.filter((one) => one !== toast) });
  }

  dismiss(ts) {
    this.dismissed = new Set([...this.dismissed, ts]);
    this._set({});
  }

  /** Put words where one writes, for the person to send. */
  compose(text) {
    this._set({ written: text });
  }

  tourAt(tour) {
    this._set({ tour });
  }

  lookBehind(behind) {
    this._set({ behind });
  }

  openMenu(menu) {
    const { opener } = menu;
    // The tools of a message go when the focus leaves it, so the focus comes back to the message itself.
    const back = opener.closest(".tools") ? opener.closest(".message") : opener;
    this._set({ menu: { beside: opener.getBoundingClientRect(), ...menu, back } });
  }

  closeMenu() {
    const back = this.menu?.back;
    this._set({ menu: null });
    back?.focus({ preventScroll: true });
  }

  _now() {
    return Date.now() / 1000;
  }

  _set(what) {
    Object.assign(this, what);
    this.changed();
  }
}

const withReplies = (channel) => channel.messages.flatMap((one) => [one, ...one.replies]);

/** From which message on things are new: the state was read just before the channel, which counts as reading it. */
function firstUnread(channel, state) {
  const unread = state.channels.find((one) => one.id === channel.channel.id)?.unread || 0;
  const times = withReplies(channel).filter((one) => one.user !== state.me).map((one) => one.ts).sort();
  return unread ? times[Math.max(0, times.length - unread)] || "" : "";
}

/** The fresh list, with the very objects of the old one wherever nothing changed: these are not drawn again. */
function kept(old, fresh) {
  const known = new Map((old || []).map((one) => [one.ts, one]));
  return fresh.map((one) => {
    const before = known.get(one.ts);
    return before && same(before, one) ? before : one;
  });
}

function same(one, other) {
  if (one === other) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}
