/* Keys: what an element's data-key says (`/`, `g s`), rows of lists, and `?` for all of them. */
(() => {
  const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable]";
  const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  const help = document.currentScript.dataset.help;
  let first = "", timer = 0;

  const isTyped = (event) => Boolean(event.target.closest?.(TYPED));
  const isSign = (key) => key !== " " && [...key].length === 1;
  /* Whoever speaks to the computer, or hits keys by chance, can turn letters and signs off. */
  const isOff = () => { try { return localStorage.getItem("brender-keys") === "off"; } catch { return false; } };
  const find = (keys) => document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  const forget = () => { first = ""; clearTimeout(timer); };
  const showHelp = () => import(help).then((module) => module.show());

  const rows = () => [...document.querySelectorAll("main a.stretched-link, main [data-row]")].filter((row) => row.offsetParent);
  const step = (key) => {
    const all = rows(), by = STEPS[key];
    let here = all.indexOf(document.activeElement);
    if (here < 0 && key.length > 1) return false; // arrows scroll the page until a row is entered
    if (here < 0) here = all.findIndex((row) => row.closest("tr, li")?.contains(document.activeElement));
    const next = all[here < 0 ? 0 : here + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  };
  const use = (keys, key) => {
    const target = find(keys);
    if (target) {
      if (target.matches("a, button, summary")) target.click(); else target.focus();
      return true;
    }
    if (keys === "?") { showHelp(); return true; }
    return keys in STEPS && step(key);
  };

  document.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Shift" || isTyped(event) || document.querySelector("dialog[open]")) return;
    const keys = first ? `${first} ${key}` : key;
    forget();
    if (use(keys, key)) event.preventDefault();
    else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
      first = key;
      timer = setTimeout(forget, 1500);
    }
  });
  // Before everybody else's: no script of a page hears them then.
  addEventListener("keydown", (event) => { if (isSign(event.key) && !isTyped(event) && isOff()) event.stopPropagation(); }, true);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys-help]")) showHelp(); });
})();
