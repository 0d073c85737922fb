// Every time on the page is told in the zone of the person who is acting, never in the browser's.

const formats = new Map(); // making one is slow, and each message needs three

function format(locale, options) {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key);
}

export function zoneOf(person) {
  const zone = person?.tz || "UTC";
  try {
    format("en-GB", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** The page speaks English; the person's own locale decides between its kinds, and so between 3:00 PM and 15:00. */
export function localeOf(person) {
  return person?.locale?.startsWith("en") ? person.locale : "en-GB";
}

/** What a wall clock in `zone` shows, as if it were UTC, in milliseconds. */
function wall(unix, zone) {
  const numbers = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  const shown = format("en-GB", { timeZone: zone, hourCycle: "h23", ...numbers }).formatToParts(new Date(unix * 1000));
  const part = Object.fromEntries(shown.map((one) => [one.type, Number(one.value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

/** `2025-12-01T09:30` on a wall clock in `zone`, as Unix seconds. */
export function fromWall(text, zone) {
  const meant = Date.parse(`${text}Z`);
  let unix = meant / 1000;
  // Twice, because the first guess may stand on the other side of a change of the clocks.
  for (let round = 0; round < 2; round += 1) unix += (meant - wall(unix, zone)) / 1000;
  return unix;
}

export function toWall(unix, zone) {
  return new Date(wall(unix, zone)).toISOString().slice(0, 16);
}

const days = new Map();

/** The date on a wall clock in `zone`; asked for every message, so remembered by the quarter of an hour, which no zone cuts. */
export function dayKey(unix, zone) {
  const quarter = Math.floor(unix / 900);
  const key = `${zone} ${quarter}`;
  if (!days.has(key)) days.set(key, toWall(quarter * 900, zone).slice(0, 10));
  return days.get(key);
}

/** Nine in the morning of the day after, in `zone`. */
export function tomorrowAtNine(unix, zone) {
  const day = new Date(Date.parse(`${dayKey(unix, zone)}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return fromWall(`${day}T09:00`, zone);
}

function daysAway(unix, lens) {
  return Math.round((Date.parse(dayKey(unix, lens.zone)) - Date.parse(lens.today)) / 86_400_000);
}

function shown(unix, lens, options) {
  return format(lens.locale, { timeZone: lens.zone, ...options }).format(new Date(unix * 1000));
}

export function timeOf(unix, lens) {
  return shown(unix, lens, { hour: "numeric", minute: "2-digit" });
}

export function shownClock(unix, lens) {
  return shown(unix, lens, { hour: "numeric", minute: "2-digit", second: "2-digit" });
}

export function zoneName(unix, lens) {
  const short = format(lens.locale, { timeZone: lens.zone, timeZoneName: "short" }).formatToParts(new Date(unix * 1000));
  return short.find((one) => one.type === "timeZoneName")?.value || lens.zone;
}

export function placeName(lens) {
  return lens.zone.split("/").pop().replaceAll("_", " ");
}

export function dayAndTime(unix, lens) {
  return `${shown(unix, lens, { weekday: "short", day: "numeric", month: "short" })}, ${timeOf(unix, lens)}`;
}

/** The time alone if it is today, else the day with it. */
export function whenShort(unix, lens) {
  return dayKey(unix, lens.zone) === lens.today ? timeOf(unix, lens) : dayAndTime(unix, lens);
}

export function fullTime(unix, lens) {
  const day = shown(unix, lens, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return `${day}, ${timeOf(unix, lens)} ${zoneName(unix, lens)}`;
}

const NEAR = { [-1]: "Yesterday", 0: "Today", 1: "Tomorrow" };

export function dayLabel(unix, lens) {
  return NEAR[daysAway(unix, lens)] || shown(unix, lens, { weekday: "long", day: "numeric", month: "long" });
}

export function ago(seconds) {
  const size = Math.abs(seconds);
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, length] = units.find(([, one]) => size >= one) || ["second", 1];
  const count = Math.floor(size / length);
  if (unit === "second") return seconds < 0 ? "in a moment" : "just now";
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MEDIUM = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

const near = (options) => (unix, lens) => NEAR[daysAway(unix, lens)]?.toLowerCase() || shown(unix, lens, options);
const plain = (options) => (unix, lens) => shown(unix, lens, options);

const TOKENS = {
  date_num: (unix, lens) => dayKey(unix, lens.zone),
  date_slash: plain({ day: "2-digit", month: "2-digit", year: "numeric" }),
  date: plain(MEDIUM),
  date_pretty: near(MEDIUM),
  date_short: plain(SHORT),
  date_short_pretty: near(SHORT),
  date_long: plain(LONG),
  date_long_full: plain(LONG),
  date_long_pretty: near(LONG),
  day_divider_pretty: near(LONG),
  time: timeOf,
  time_secs: plain({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (unix, lens) => ago(lens.now() - unix),
};

/** A date as the apps write it, such as `{date_short_pretty} at {time}`; what cannot be read is its fallback. */
export function tokens(unix, template, fallback, lens) {
  const known = Number.isFinite(unix) && template && [...template.matchAll(/\{(\w+)\}/g)].every(([, name]) => TOKENS[name]);
  if (!known) return fallback || template || "";
  const text = template.replace(/\{(\w+)\}/g, (_, name) => TOKENS[name](unix, lens));
  const startsNear = /^\{\w*_pretty\}/.test(template);
  return startsNear ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
