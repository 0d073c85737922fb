// The one place that joins preact and htm. Whatever stands in html`…${here}…` becomes text, never HTML.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
