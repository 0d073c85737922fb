// The wire between the page and the sandbox: JSON to read and to act, and a WebSocket that says "something changed".

async function answer(request) {
  const response = await request;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(body.error || `The workspace answered ${response.status}.`);
  return body;
}

/** The workspace understood and said no, with a sentence for the person; other errors mean that it is not there. */
export class Refusal extends Error {}

export function read(name, query = {}) {
  return answer(fetch(`/sandbox/${name}?${new URLSearchParams(query)}`));
}

export function act(deed, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return answer(fetch(`/sandbox/${deed}`, options));
}

/** Keep a live line open for ever: `onChange` when something changed, `onState` with whether the line is up. */
export function live(onChange, onState) {
  let wait = 250;
  const open = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sandbox/live`);
    socket.onopen = () => {
      wait = 250;
      onState(true);
      onChange(); // what happened while the line was down was told to nobody
    };
    socket.onmessage = () => onChange();
    socket.onclose = () => {
      onState(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 2000); // the bot is on this machine: looking again soon costs nothing
    };
  };
  open();
}
