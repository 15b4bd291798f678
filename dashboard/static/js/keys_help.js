/* The list of all keys that this page knows, made of what is on it; fetched when it is first asked for. */
const KEPT = "brender-keys";
const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };
const LISTS = [["j", "Next row"], ["k", "Row before"], ["ArrowUp ArrowDown", "The same, from a row on"], ["Enter", "Open the row"]];

const make = (name, options = {}, ...children) => {
  const element = Object.assign(document.createElement(name), options);
  element.append(...children);
  return element;
};
const styled = new Promise((ready) => {
  const href = new URL("../css/pages/keys.css", import.meta.url);
  document.head.append(make("link", { rel: "stylesheet", href, onload: ready, onerror: ready }));
});

const label = (element) =>
  element.dataset.keyLabel || element.getAttribute("aria-label") || element.title || element.placeholder || element.textContent.trim();
const pairs = () => [...document.querySelectorAll("[data-key]")].map((element) => [element.dataset.key, label(element)]);
/* What a page's own script does with keys: data-keys="ArrowLeft=Frame before; +=Larger". */
const extras = () => {
  const said = [...document.querySelectorAll("[data-keys]")].flatMap((element) => element.dataset.keys.split("; "));
  return [...new Set(said)].map((pair) => [pair.slice(0, pair.indexOf("=", 1)), pair.slice(pair.indexOf("=", 1) + 1)]);
};

const caps = (keys) => (keys === " " ? [keys] : keys.split(" ")).map((key) => make("kbd", { textContent: NAMES[key] || key }));
const group = (title, list) => {
  const rows = list.map(([keys, words]) => make("div", {}, make("dt", {}, ...caps(keys)), make("dd", { textContent: words })));
  return rows.length ? [make("section", {}, make("h3", { textContent: title }), make("dl", {}, ...rows))] : [];
};
const toggle = () => {
  const box = make("input", { type: "checkbox", className: "form-check-input" });
  try { box.checked = localStorage.getItem(KEPT) !== "off"; } catch { box.checked = true; }
  box.addEventListener("change", () => {
    try { if (box.checked) localStorage.removeItem(KEPT); else localStorage.setItem(KEPT, "off"); } catch { /* for this page only */ }
  });
  const words = make("span", {}, "Letters and signs as shortcuts ", make("span", { className: "faint", textContent: "Off, only arrows, Space, Enter and Escape work. This list is in the menu More." }));
  return make("label", { className: "check" }, box, words);
};

export const show = async () => {
  document.querySelector("details.menu[open]")?.removeAttribute("open");
  const known = pairs(), to = known.filter(([keys]) => keys.startsWith("g "));
  const here = [...known.filter(([keys]) => !keys.startsWith("g ")), ...extras(), ["?", "This list"]];
  const hasRows = document.querySelector("main a.stretched-link, main [data-row]");
  const close = make("button", { className: "btn btn-quiet", type: "submit", textContent: "Close", autofocus: true });
  const dialog = make("dialog", { className: "keys" },
    make("form", { method: "dialog" },
      make("div", { className: "keys-head" }, make("h2", { id: "keys-title", textContent: "Keyboard" }), close),
      make("div", { className: "keys-groups" }, ...group("On this page", here), ...group("Rows of lists", hasRows ? LISTS : []), ...group("Go to", to)),
      toggle()));
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  await styled;
  document.body.append(dialog);
  dialog.showModal();
};
