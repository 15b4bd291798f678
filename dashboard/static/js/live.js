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
  const root = document.documentElement;
  const lost = (is) => root.classList.toggle("farm-lost", is);

  // Nobody is signed in here any more: say so once, and ask no further until somebody comes back.
  const signedOut = (is) => {
    root.classList.toggle("signed-out", is);
    const link = document.querySelector("[data-sign-in]");
    link.search = new URLSearchParams({ next: location.pathname + location.search });
  };
  const isSignedOut = () => root.classList.contains("signed-out");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if ((document.hidden || isSignedOut()) && polls(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    signedOut(false);
    for (const element of document.querySelectorAll("[hx-trigger^=every]")) htmx.trigger(element, "refresh");
  });
  document.addEventListener("htmx:sendError", () => lost(true));
  document.addEventListener("htmx:timeout", () => lost(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status) lost(status >= 500);
    if (status) signedOut(status === 401);
    // What is shown was deleted meanwhile: the whole page can say so better.
    if (status === 404 && polls(event.detail.elt)) location.reload();
  });
})();
