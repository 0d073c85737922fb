// Light or dark: as the system says, until a person says otherwise.
import { useState } from "preact/hooks";
import { html } from "./html.js";

const CHOICES = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];

export function applyTheme(theme = localStorage.getItem("kept-theme") || "system") {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = theme;
  return theme;
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => applyTheme());
  const change = (event) => {
    localStorage.setItem("kept-theme", event.currentTarget.value);
    setTheme(applyTheme(event.currentTarget.value));
  };
  return html`<label class="theme">Colours
    <select value=${theme} onChange=${change}>${CHOICES.map(([value, label]) => html`<option value=${value} selected=${value === theme}>${label}</option>`)}</select>
  </label>`;
}
