/* The line between two pictures over each other: dragged, or moved by its slider. */
(() => {
  const slider = document.querySelector("[data-wipe]");
  const handle = document.querySelector("[data-wipe-handle]");
  if (!slider || !handle) return;
  const pane = handle.parentElement;
  const show = () => pane.style.setProperty("--wipe", `${slider.value}%`);
  slider.addEventListener("input", show);
  handle.addEventListener("pointerdown", (event) => { event.preventDefault(); handle.setPointerCapture(event.pointerId); });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = pane.getBoundingClientRect();
    slider.value = (100 * (event.clientX - box.left)) / box.width;
    show();
  });
  show();
})();
