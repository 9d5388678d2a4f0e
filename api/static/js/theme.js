// Runs before the page is drawn, so that a chosen appearance does not flash. Not a module for that reason.
(function () {
  const KEY = "yinju.theme";
  const ORDER = ["auto", "light", "dark"];
  let current = "auto";
  try {
    current = localStorage.getItem(KEY) || "auto";
  } catch {
    // Storage may be forbidden by policy; the choice then lasts as long as the page.
  }
  if (!ORDER.includes(current)) current = "auto";
  apply();

  function apply() {
    if (current === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = current;
  }

  window.yinjuTheme = {
    get current() {
      return current;
    },
    next() {
      current = ORDER[(ORDER.indexOf(current) + 1) % ORDER.length];
      try {
        localStorage.setItem(KEY, current);
      } catch {
        // As above.
      }
      apply();
      return current;
    },
  };
})();
