// The parts of blocks a person presses, chooses or types in.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Combobox } from "./combobox.js";
import { drawEmojiIn } from "./richtext.js";
import { channelName, fullNameOf } from "./lens.js";
import { fromWall, toWall } from "./times.js";

// The key under which each kind of element keeps its value, as the app sees it.
const VALUE_KEY = {
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
  checkboxes: "selected_options",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
};

export const INPUTS = new Set(Object.keys(VALUE_KEY));

/** What an element holds: what was chosen there before, else what the app put there at first. */
export function heldValue(element, states) {
  const key = VALUE_KEY[element.type];
  const initial = key === "value" ? "initial_value" : key?.replace("selected_", "initial_");
  return states ? states[key] : element[initial] ?? null;
}

export const nameOfElement = (block, element) => `${block.block_id}/${element.action_id}`;

const words = (text) => drawEmojiIn(text?.text || "");
const optionsOf = (element) => [...(element.options || []), ...(element.option_groups || []).flatMap((one) => one.options)];
const same = (one, other) => one && other && one.value === other.value;

export function Element(props) {
  const { element } = props;
  if (element.type === "button" || element.type === "workflow_button") return html`<${Button} ...${props} />`;
  if (element.type === "overflow") return html`<${Overflow} ...${props} />`;
  const Kind = KINDS[element.type];
  if (!Kind) return html`<span class="unknown">(${element.type}, not drawn here)</span>`;
  const value = props.desk.value(props.block, element);
  const choose = (chosen) => props.desk.choose(props.block, element, chosen);
  // In a message or a Home there is no label above an element, so its placeholder is its name.
  const label = props.id ? undefined : words(element.placeholder) || element.action_id.replaceAll("_", " ");
  const aria = { "aria-label": label, "aria-describedby": props.describedby, "aria-invalid": props.invalid || undefined };
  return html`<${Kind} ...${props} value=${value} choose=${choose} aria=${aria} />`;
}

function Button({ block, element, desk }) {
  const [busy, setBusy] = useState(false);
  const press = async (event) => {
    if (busy) return; // not `disabled`, which would take the keyboard's focus away
    const message = event.currentTarget.closest(".message");
    if (element.confirm && !(await desk.confirm(element.confirm))) return;
    setBusy(true);
    await desk.press(block, element);
    setBusy(false);
    // The answer often takes the button away; whoever pressed it stays at the message.
    setTimeout(() => document.activeElement === document.body && message?.focus({ preventScroll: true }), 60);
  };
  const kind = `button ${element.style || ""}`;
  // A link button tells the app, too, that it was pressed.
  if (element.url) return html`<a class=${kind} href=${element.url} target="_blank" rel="noopener noreferrer" onClick=${press}><bdi>${words(element.text)}</bdi></a>`;
  return html`<button type="button" class=${kind} aria-label=${element.accessibility_label} aria-busy=${busy} onClick=${press}><bdi>${words(element.text)}</bdi></button>`;
}

function Overflow({ block, element, desk }) {
  const open = (event) => {
    const items = element.options.map((option) => ({
      label: words(option.text),
      note: words(option.description),
      run: async () => {
        if (element.confirm && !(await desk.confirm(element.confirm))) return;
        if (option.url) window.open(option.url, "_blank", "noopener");
        desk.press(block, element, option);
      },
    }));
    desk.menu({ opener: event.currentTarget, label: "More actions", items });
  };
  return html`<button type="button" class="button overflow" aria-haspopup="menu" aria-label="More actions" onClick=${open}>⋯</button>`;
}

function TextInput({ element, id, value, choose, desk, block, aria, required }) {
  const field = useRef(null);
  useEffect(() => {
    if (element.focus_on_load) field.current.focus();
  }, []);
  const common = {
    id,
    ref: field,
    dir: "auto",
    value: value ?? "",
    placeholder: words(element.placeholder),
    "aria-required": required || undefined,
    onInput: (event) => choose(event.currentTarget.value),
    ...aria,
  };
  if (element.multiline) return html`<textarea rows="4" ...${common}></textarea>`;
  const kind = { number_input: "number", email_text_input: "email", url_text_input: "url" }[element.type] || "text";
  const enter = (event) => {
    if (event.key !== "Enter" || !block.dispatch_action) return;
    event.preventDefault();
    desk.dispatch(block, element, event.currentTarget.value);
  };
  return html`<input type=${kind} step=${element.is_decimal_allowed ? "any" : undefined} min=${element.min_value} max=${element.max_value} autocomplete="off" onKeyDown=${enter} ...${common} />`;
}

/** A plain list, groups and all; the browser's own, which every keyboard and screen reader knows. */
function Select({ id, aria, value, choose, choices, groups, placeholder, required }) {
  const draw = (one) => html`<option value=${one.value} selected=${one.value === value}>${one.label}</option>`;
  const pick = (event) => choose(event.currentTarget.value || null);
  return html`<select id=${id} value=${value ?? ""} aria-required=${required || undefined} onChange=${pick} ...${aria}>
    <option value="">${placeholder || "Choose …"}</option>
    ${groups ? groups.map((group) => html`<optgroup label=${group.label}>${group.choices.map(draw)}</optgroup>`) : choices.map(draw)}
  </select>`;
}

function StaticSelect({ element, value, choose, ...rest }) {
  const listed = (options) => options.map((one) => ({ value: one.value, label: words(one.text) }));
  const groups = element.option_groups?.map((one) => ({ label: words(one.label), choices: listed(one.options) }));
  const pick = (chosen) => choose(optionsOf(element).find((one) => one.value === chosen) || null);
  return html`<${Select} ...${rest} groups=${groups} choices=${listed(element.options || [])} value=${value?.value} choose=${pick} placeholder=${words(element.placeholder)} />`;
}

function peopleIn(lens) {
  const here = [...lens.people.values()].filter((one) => !one.deleted);
  return here.map((one) => ({ value: one.id, label: fullNameOf(one.id, lens) }));
}

function channelsIn(lens, element) {
  const some = [...lens.channels.values()].filter((one) => !one.is_archived && (element.type.includes("conversations") || !one.is_im));
  return some.map((one) => ({ value: one.id, label: channelName(one, lens) }));
}

const choicesFor = (element, lens) => (element.type.includes("users") ? peopleIn(lens) : channelsIn(lens, element));

function PlaceSelect({ element, desk, ...rest }) {
  return html`<${Select} ...${rest} choices=${choicesFor(element, desk.lens)} placeholder=${words(element.placeholder)} />`;
}

function MultiSelect({ element, desk, value, choose, ...rest }) {
  const fixed = element.type === "multi_static_select";
  const offered = fixed ? optionsOf(element) : choicesFor(element, desk.lens).map((one) => ({ value: one.value, text: { text: one.label } }));
  const chosen = fixed ? value || [] : offered.filter((one) => value?.includes(one.value));
  const search = (typed) => offered.filter((one) => one.text.text.toLowerCase().includes(typed.toLowerCase()));
  const set = (options) => choose(fixed ? options : options.map((one) => one.value));
  return html`<${Combobox} ...${rest} several options=${chosen} set=${set} search=${search} placeholder=${words(element.placeholder)} />`;
}

function ExternalSelect({ element, block, desk, value, choose, ...rest }) {
  const several = element.type.startsWith("multi_");
  const least = element.min_query_length ?? 3;
  const search = (typed) => (typed.length < least ? null : desk.suggest(block, element, typed));
  const set = (options) => choose(several ? options : options[0] || null);
  const options = several ? value || [] : value ? [value] : [];
  return html`<${Combobox} ...${rest} several=${several} least=${least} options=${options} set=${set} search=${search} placeholder=${words(element.placeholder)} />`;
}

function Boxes({ element, id, value, choose, aria }) {
  const many = element.type === "checkboxes";
  const group = useId(); // radio buttons of other messages must not be of this group
  const chosen = many ? value || [] : value ? [value] : [];
  const toggle = (option, on) => {
    if (!many) return choose(option);
    // In the app's order, whatever order they were ticked in.
    return choose(optionsOf(element).filter((one) => (same(one, option) ? on : chosen.some((other) => same(one, other)))));
  };
  return html`<div class="boxes" id=${id} role=${id ? undefined : "group"} ...${aria}>
    ${optionsOf(element).map(
      (option) => html`<label class="box">
        <input type=${many ? "checkbox" : "radio"} name=${many ? undefined : group} checked=${chosen.some((one) => same(one, option))} onChange=${(event) => toggle(option, event.currentTarget.checked)} />
        <span><bdi>${words(option.text)}</bdi>${option.description && html`<small>${words(option.description)}</small>`}</span>
      </label>`,
    )}
  </div>`;
}

function Picker({ element, id, value, choose, aria, desk, required }) {
  const moment = element.type === "datetimepicker";
  const shown = moment && value ? toWall(value, desk.lens.zone) : value;
  const pick = (event) => {
    const typed = event.currentTarget.value || null;
    choose(typed && moment ? fromWall(typed, desk.lens.zone) : typed);
  };
  const kind = { datepicker: "date", timepicker: "time" }[element.type] || "datetime-local";
  return html`<input id=${id} type=${kind} value=${shown ?? ""} aria-required=${required || undefined} onChange=${pick} ...${aria} />`;
}

const KINDS = {
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  static_select: StaticSelect,
  external_select: ExternalSelect,
  multi_external_select: ExternalSelect,
  multi_static_select: MultiSelect,
  multi_users_select: MultiSelect,
  multi_channels_select: MultiSelect,
  multi_conversations_select: MultiSelect,
  users_select: PlaceSelect,
  channels_select: PlaceSelect,
  conversations_select: PlaceSelect,
  checkboxes: Boxes,
  radio_buttons: Boxes,
  datepicker: Picker,
  timepicker: Picker,
  datetimepicker: Picker,
};
