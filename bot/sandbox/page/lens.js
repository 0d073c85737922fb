// Through whose eyes a message is drawn: the names they know, their zone and their today.
import { dayKey, localeOf, zoneOf } from "./times.js";

/** A lens is made anew only when what it shows has changed, so that messages know when to be drawn again. */
export function makeLens(state, now, before) {
  const me = state.people.find((one) => one.id === state.me);
  const zone = zoneOf(me);
  const today = dayKey(now(), zone);
  const names = state.channels.map((one) => [one.id, one.name, one.user]);
  const signature = JSON.stringify([state.me, today, state.people, names, state.bot.user_id]);
  if (before?.signature === signature) return before;
  return {
    signature,
    me,
    zone,
    today,
    now,
    locale: localeOf(me),
    bot: state.bot.user_id,
    people: new Map(state.people.map((one) => [one.id, one])),
    channels: new Map(state.channels.map((one) => [one.id, one])),
  };
}

export function nameOf(id, lens) {
  const person = lens.people.get(id);
  if (!person) return id === "USLACKBOT" ? "Workspace" : id;
  return person.profile.display_name || person.profile.real_name || person.name;
}

export function fullNameOf(id, lens) {
  const person = lens.people.get(id);
  return person ? person.profile.real_name || person.name : nameOf(id, lens);
}

/** How a channel is called in a list: `#support`, or the other person's name. */
export function channelName(channel, lens) {
  if (!channel) return "a channel you do not see";
  return channel.is_im ? fullNameOf(channel.user, lens) : `#${channel.name}`;
}
