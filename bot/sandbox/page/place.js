// Where a person is, as an address: links to messages, as the bot writes them, open at that message.

/** `/archives/C…`, with `/p…` for one message, `?thread_ts=` for its thread, and who is looking. */
export function placeFrom({ pathname, search }) {
  const [, , channel = "", message = ""] = pathname.split("/");
  const query = new URLSearchParams(search);
  const thread = query.get("thread_ts") || "";
  return {
    me: query.get("as") || remembered(),
    channel: decodeURIComponent(channel),
    message: message.replace(/^p(\d+)(\d{6})$/, "$1.$2"),
    thread,
    tab: query.get("tab") === "home" ? "home" : "messages",
  };
}

export function addressOf(place) {
  const message = place.message ? `/p${place.message.replace(".", "")}` : "";
  const query = new URLSearchParams({ as: place.me });
  if (place.thread) query.set("thread_ts", place.thread);
  if (place.tab === "home") query.set("tab", "home");
  remember(place.me);
  return `/archives/${encodeURIComponent(place.channel)}${message}?${query}`;
}

// Links in messages do not say who is looking; the tab remembers, so that two tabs can be two people.
function remember(me) {
  if (me) sessionStorage.setItem("kept-me", me);
}

function remembered() {
  return sessionStorage.getItem("kept-me") || "";
}
