// What both pages share: language and appearance.

import { byId } from "./dom.js";
import { switchLanguage, t, translate } from "./i18n.js";

function nameTheme() {
  const words = t(`theme.${window.yinjuTheme.current}`);
  byId("theme").title = words;
  byId("theme").setAttribute("aria-label", words);
  byId("theme").dataset.theme = window.yinjuTheme.current;
}

export function startChrome() {
  translate();
  nameTheme();
  byId("language").addEventListener("click", switchLanguage);
  document.addEventListener("yinju:language", nameTheme);
  byId("theme").addEventListener("click", () => {
    window.yinjuTheme.next();
    nameTheme();
  });
}
