// Where blocks lie: in a message, in a form, in the Home. What choosing and pressing means differs there.
import { heldValue, nameOfElement } from "./elements.js";

const shared = (store) => ({
  lens: store.lens,
  menu: (menu) => store.openMenu(menu),
  confirm: (words) => new Promise((resolve) => store.openMenu({ confirm: words, answer: resolve, opener: document.activeElement })),
});

/** In a message, every choice is told to the app at once. */
export function messageDesk(store, message, channel) {
  const spot = { channel, ts: message.ts };
  const tell = (block, element, option) => store.act("press", { ...spot, action: nameOfElement(block, element), ...(option === undefined ? {} : { option }) });
  return {
    ...shared(store),
    id: `m${message.ts}`,
    value: (block, element) => heldValue(element, message.state?.[block.block_id]?.[element.action_id]),
    choose: tell,
    press: tell,
    dispatch: tell,
    suggest: (block, element, typed) => offered(store, { ...spot, action: nameOfElement(block, element), typed }),
  };
}

/** In a view, answers are kept as drafts; the app learns of them when something is pressed, or with the form. */
export function viewDesk(store, view, drafts, setDrafts) {
  const spot = { view: view.id };
  const tell = (name, option) => store.act("press", { ...spot, action: name, ...(option === undefined ? {} : { option }) });
  const handOver = () => {
    // A question of a form tells the app nothing; the workspace only remembers it for whatever is pressed next.
    const silent = view.blocks.filter((one) => one.type === "input" && !one.dispatch_action);
    const names = silent.map((block) => nameOfElement(block, block.element)).filter((name) => name in drafts);
    return Promise.all(names.map((name) => store.actQuietly("press", { ...spot, action: name, option: drafts[name] })));
  };
  const press = async (block, element, option) => {
    await handOver();
    return tell(nameOfElement(block, element), option);
  };
  const typing = (element) => /_input$/.test(element.type);
  return {
    ...shared(store),
    id: view.id,
    errors: view.errors,
    value: (block, element) => {
      const name = nameOfElement(block, element);
      return name in drafts ? drafts[name] : heldValue(element, view.state?.values?.[block.block_id]?.[element.action_id]);
    },
    choose: (block, element, value) => {
      setDrafts((before) => ({ ...before, [nameOfElement(block, element)]: value }));
      const silent = block.type === "input" && !block.dispatch_action;
      if (!silent && !typing(element)) press(block, element, value);
    },
    press,
    dispatch: press,
    suggest: async (block, element, typed) => {
      await handOver();
      return offered(store, { ...spot, action: nameOfElement(block, element), typed });
    },
  };
}

async function offered(store, asked) {
  return (await store.actQuietly("suggest", asked))?.options || [];
}
