/* How live fragments behave: typed text survives, hidden pages rest, a lost farm is said so. */
(() => {
  Idiomorph.defaults.ignoreActiveValue = true;
  // What someone has opened stays open, whatever arrives from the farm; what is drawn stays drawn.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
    !(name === "open" && element.matches("details")) &&
    !(element.matches("canvas") && ["width", "height", "style"].includes(name));

  // So do words that someone is writing and has not sent yet.
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (element) =>
    !(element instanceof HTMLTextAreaElement && element.value !== element.defaultValue);

  const polls = (element) => (element.getAttribute("hx-trigger") || "").startsWith("every");
  const lost = (is) => document.documentElement.classList.toggle("farm-lost", is);

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && polls(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[hx-trigger^=every]")) htmx.trigger(element, "refresh");
  });
  document.addEventListener("htmx:sendError", () => lost(true));
  document.addEventListener("htmx:timeout", () => lost(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status) lost(status >= 500);
    // What is shown was deleted meanwhile: the whole page can say so better.
    if (status === 404 && polls(event.detail.elt)) location.reload();
  });
})();
