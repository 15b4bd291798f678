/* The submit form: a preset fills in what it sets, a format shows what it offers. */
(() => {
  const OFFERED = { compression: ["PNG"], quality: ["JPEG", "WEBP", "EXR", "EXR_MULTILAYER"], exr_codec: ["EXR", "EXR_MULTILAYER"] };
  const field = (name) => document.getElementById(name);
  const told = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));
  const text = (value) => (value === true ? "yes" : value === false ? "no" : String(value));

  const preset = field("preset");
  let filled = {};
  const settingsOf = (option) => JSON.parse(option?.dataset.settings || "{}");
  const fill = () => {
    const settings = settingsOf(preset.selectedOptions[0]);
    for (const [name, value] of Object.entries(filled)) {
      if (field(name)?.value === value && !(name in settings)) field(name).value = "";
    }
    const before = filled;
    filled = {};
    for (const [name, value] of Object.entries(settings)) {
      const element = field(name);
      if (!element || (element.value && element.value !== before[name])) continue;
      element.value = filled[name] = text(value);
      element.closest("details")?.setAttribute("open", "");
    }
    offer();
  };

  const format = field("format");
  const offer = () => {
    if (!format) return;
    for (const [name, formats] of Object.entries(OFFERED)) {
      const part = field(name)?.closest(".field");
      if (part) part.hidden = Boolean(format.value) && !formats.includes(format.value) && !field(name).value;
    }
  };

  preset?.addEventListener("change", () => { fill(); told(preset.form); });
  format?.addEventListener("change", offer);
  offer();

  /* The browser: how many files are chosen. */
  const bar = document.querySelector("[data-chosen]");
  const count = () => {
    const chosen = document.querySelectorAll('input[name="file"]:checked').length;
    bar.classList.toggle("some", chosen > 0);
    bar.querySelector("[data-count]").textContent = chosen === 1 ? "1 file chosen" : `${chosen} files chosen`;
    bar.querySelector("button").disabled = chosen === 0;
  };
  if (bar) {
    document.addEventListener("change", (event) => { if (event.target.matches('input[name="file"]')) count(); });
    document.addEventListener("htmx:afterSettle", count);
    count();
  }
})();
