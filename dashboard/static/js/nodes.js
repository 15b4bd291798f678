/* The list of nodes: choosing filters at once, and ticking nodes that new tables leave ticked. */
(() => {
  const boxes = () => [...document.querySelectorAll("#nodes-bulk input[name=node]")];
  const all = () => document.getElementById("nodes-pick-all");

  // The farm never ticks these: what somebody ticked stays.
  const before = Idiomorph.defaults.callbacks.beforeAttributeUpdated;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, kind) =>
    !(name === "checked" && element.matches("#nodes-bulk input")) && before(name, element, kind);

  const show = () => {
    const words = document.getElementById("nodes-picked");
    if (!words) return;
    const count = boxes().filter((box) => box.checked).length;
    const text = count ? `With ${count.toLocaleString()} selected:` : "With the selected ones:";
    if (words.textContent !== text) words.textContent = text;
    all().checked = count > 0 && count === boxes().length;
    all().indeterminate = count > 0 && !all().checked;
  };

  document.addEventListener("change", (event) => {
    if (event.target.id === "nodes-pick-all") for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("#nodes-bulk input")) show();
    if (event.target.matches(".nodes-filter select")) event.target.form.requestSubmit();
  });
  // Addresses without what is left empty.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches(".nodes-filter")) return;
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
  document.addEventListener("htmx:afterSwap", show);
  show();
})();
