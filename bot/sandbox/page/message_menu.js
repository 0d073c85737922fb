// What a person can do with a message: the menu, the emoji, the thread.

export function actionsOn(store, message, { inThread, edit }) {
  const channel = store.place.channel;
  const spot = { channel, ts: message.ts };
  const gone = message.subtype === "tombstone";
  const shared = !message.ephemeral && !gone;
  const toggle = (name, mine) => store.act(mine ? "unreact" : "react", { ...spot, emoji: name });
  const openItems = (menu) => store.openMenu({ ...menu, label: "Message", items: menuItems(store, message, { spot, shared, edit }) });
  const thread = message.thread_ts || message.ts;
  return {
    toggle,
    emoji:
      shared &&
      ((event) =>
        store.openMenu({
          opener: event.currentTarget,
          label: "Emoji",
          pick: (name) => toggle(name, message.reactions?.some((one) => one.name === name && one.users.includes(store.place.me))),
        })),
    thread: (!inThread && shared) || message.replies?.length ? () => store.go({ thread }) : null,
    more: gone ? null : (event) => openItems({ opener: event.currentTarget }),
    contextMenu: (event) => {
      // A marked word, a link or a second modifier wants the browser's own menu.
      if (event.shiftKey || gone || String(getSelection()) || event.target.closest("a, input, textarea")) return;
      event.preventDefault();
      openItems({ opener: event.currentTarget, beside: new DOMRect(event.clientX, event.clientY) });
    },
  };
}

function menuItems(store, message, { spot, shared, edit }) {
  if (message.ephemeral) return [{ label: "Put away", note: "only for you", run: () => store.dismiss(message.ts) }];
  const shortcuts = store.state.shortcuts.filter((one) => one.type === "message" && shared);
  const own = message.user === store.place.me && !message.subtype;
  return [
    ...shortcuts.map((one) => ({
      label: one.name,
      note: store.state.bot.name,
      run: () => store.act("shortcut", { ...spot, callback_id: one.callback_id }),
    })),
    { label: "Copy the link to it", run: () => copyLink(spot, message) },
    ...(own ? [{ label: "Edit", run: edit }, { label: "Delete", run: () => store.act("delete", spot) }] : []),
  ];
}

function copyLink({ channel, ts }, message) {
  const thread = message.thread_ts && message.thread_ts !== ts ? `?thread_ts=${message.thread_ts}&cid=${channel}` : "";
  return navigator.clipboard?.writeText(`${location.origin}/archives/${channel}/p${ts.replace(".", "")}${thread}`);
}
