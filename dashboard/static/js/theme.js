/* Choose the theme before anything is painted: what was chosen here before, else the system's. */
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: light)");
  const read = () => { try { return localStorage.getItem("brender-theme"); } catch { return null; } };
  const show = () => { root.dataset.bsTheme = read() || (system.matches ? "light" : "dark"); };
  show();
  root.classList.add("js");
  system.addEventListener("change", show);
  addEventListener("storage", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("brender-theme", next); } catch { /* kept for this page only */ }
    root.dataset.bsTheme = next;
  });
})();
