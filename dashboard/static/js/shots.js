/* Choosing many shots: what is chosen outlives each new table, and shift chooses all between. */
(() => {
  const boxes = () => [...document.querySelectorAll("#bulk .pick")];
  const everything = () => document.getElementById("pick-all");
  let anchor = null; // the box that was chosen last, by its id
  let shift = false;

  // The farm never fills in these fields: what somebody ticked or wrote stays.
  const before = Idiomorph.defaults.callbacks.beforeAttributeUpdated;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, kind) =>
    !((name === "checked" || name === "value") && element.matches("#shots-live input:not([type=hidden])")) &&
    before(name, element, kind);

  const show = () => {
    const form = document.getElementById("bulk");
    if (!form) return;
    const all = everything()?.checked;
    if (all) for (const box of boxes()) box.checked = true;
    const chosen = boxes().filter((box) => box.checked).length;
    const count = all ? Number(form.dataset.total) : chosen;
    const words = count ? `${count.toLocaleString()} selected` : "";
    const output = document.getElementById("bulk-count");
    if (output.textContent !== words) output.textContent = words;
    const whole = document.getElementById("pick-page");
    whole.checked = chosen > 0 && chosen === boxes().length;
    whole.indeterminate = chosen > 0 && !whole.checked;
  };

  const fill = (box) => {
    const shown = boxes();
    const from = shown.findIndex((other) => other.id === anchor);
    const to = shown.indexOf(box);
    if (!shift || from < 0) return;
    for (const other of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) other.checked = box.checked;
  };

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("#bulk [type=checkbox]")) return;
    if (box.id === "pick-page" || (box.id === "pick-all" && !box.checked)) {
      for (const other of boxes()) other.checked = box.checked;
    } else if (box.matches(".pick")) {
      fill(box);
      anchor = box.id;
    }
    if (box.id !== "pick-all" && !box.checked && everything()) everything().checked = false;
    show();
  });
  document.addEventListener("reset", (event) => { if (event.target.id === "bulk") setTimeout(show); });

  document.addEventListener("mousedown", (event) => {
    shift = event.shiftKey;
    if (shift && event.target.closest?.(".pick-cell")) event.preventDefault(); // else words are marked
  });
  document.addEventListener("keydown", (event) => {
    shift = event.shiftKey;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.matches("#bulk [type=checkbox]")) event.preventDefault();
    if (event.key !== "x" || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    event.target.closest("#bulk tbody tr")?.querySelector(".pick").click();
  });

  // Another list: "all that match" no longer means what was ticked.
  let list = document.getElementById("bulk")?.action;
  document.addEventListener("htmx:afterSwap", () => {
    const form = document.getElementById("bulk");
    if (form && form.action !== list && everything()) {
      everything().checked = false;
      list = form.action;
    }
    show();
  });

  // Addresses without what is left empty; the filter keeps what is being searched for.
  document.addEventListener("formdata", (event) => {
    const { target: form, formData } = event;
    if (form.method !== "get" || !form.action.endsWith("/shots")) return;
    if (form.id === "filter-form") {
      formData.set("search", document.querySelector(".searchbox [name=search]").value);
      formData.set("state", formData.getAll("state").join(","));
    }
    for (const [name, value] of [...formData]) if (!value.trim()) formData.delete(name);
  });

  addEventListener("pageshow", show);
  show();
})();
