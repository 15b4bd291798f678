/* Looks at pictures closely: wheel, buttons, keys, two fingers; all panes of a page move together. */
(() => {
  const MOST = 64;
  const view = { scale: 1, x: 0, y: 0 };
  const panes = () => document.querySelectorAll("[data-zoom]");
  const layers = () => document.querySelectorAll("[data-zoom-layer]");
  const first = () => document.querySelector("[data-zoom]");

  /* How wide the whole picture is shown when it fits its pane, in CSS pixels. */
  const fitted = (pane) => {
    const { width, height } = pane.dataset;
    return Math.min(pane.clientWidth, (pane.clientHeight * width) / height) || 1;
  };
  /* The scale at which one pixel of the file is one pixel of the screen. */
  const actual = (pane) => Number(pane.dataset.width) / devicePixelRatio / fitted(pane);

  /* More pixels are fetched only when they can be seen. */
  const sharpen = (layer, pane) => {
    const shown = fitted(pane) * view.scale * devicePixelRatio;
    const { full } = layer.dataset;
    if (!full || !layer.naturalWidth || shown <= layer.naturalWidth * 1.05) return;
    if (layer.dataset.fetching === full) return;
    layer.dataset.fetching = full;
    const picture = new Image();
    picture.addEventListener("load", () => { layer.src = full; });
    picture.src = full;
  };
  const apply = () => {
    const pane = first();
    if (!pane) return;
    view.scale = Math.min(MOST, Math.max(1, view.scale));
    const room = { x: pane.clientWidth * (1 - view.scale), y: pane.clientHeight * (1 - view.scale) };
    view.x = Math.min(0, Math.max(room.x, view.x));
    view.y = Math.min(0, Math.max(room.y, view.y));
    const isNear = view.scale > actual(pane) * 3;
    for (const layer of layers()) {
      layer.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
      layer.style.imageRendering = isNear ? "pixelated" : "auto";
      sharpen(layer, layer.closest("[data-zoom]"));
    }
    for (const each of panes()) each.classList.toggle("zoomed", view.scale > 1);
    for (const words of document.querySelectorAll("[data-zoom-share]")) {
      words.textContent = `${Math.round((100 * view.scale) / actual(pane))} %`;
    }
    const kept = view.scale > 1 ? JSON.stringify({ ...view, at: location.pathname }) : "";
    try { sessionStorage.setItem("brender-zoom", kept); } catch { /* private windows may refuse */ }
  };
  /* `x` and `y`: the point of the pane that stays where it is. */
  const zoom = (scale, x, y) => {
    const pane = first();
    if (!pane) return;
    const next = Math.min(MOST, Math.max(1, scale));
    const px = x ?? pane.clientWidth / 2, py = y ?? pane.clientHeight / 2;
    view.x = px - ((px - view.x) * next) / view.scale;
    view.y = py - ((py - view.y) * next) / view.scale;
    view.scale = next;
    apply();
  };
  const within = (pane, event) => {
    const box = pane.getBoundingClientRect();
    return [event.clientX - box.left - pane.clientLeft, event.clientY - box.top - pane.clientTop];
  };
  const acts = {
    in: () => zoom(view.scale * 1.5),
    out: () => zoom(view.scale / 1.5),
    fit: () => zoom(1),
    actual: () => zoom(actual(first())),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom-act]");
    if (button) acts[button.dataset.zoomAct]();
    // With this script a click on the picture is the beginning of a drag; its file has its own link.
    if (event.target.closest("[data-zoom] a") && event.button === 0 && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
  document.addEventListener("dblclick", (event) => {
    const pane = event.target.closest("[data-zoom]");
    if (pane) zoom(view.scale > 1 ? 1 : Math.max(2, actual(pane)), ...within(pane, event));
  });
  document.addEventListener("wheel", (event) => {
    const pane = event.target.closest("[data-zoom]");
    if (!pane || (view.scale === 1 && event.deltaY > 0)) return; // the page scrolls on
    event.preventDefault();
    zoom(view.scale * Math.exp(-Math.sign(event.deltaY) * Math.min(60, Math.abs(event.deltaY)) * 0.004), ...within(pane, event));
  }, { passive: false });

  const fingers = new Map();
  let spread = 0;
  document.addEventListener("pointerdown", (event) => {
    const pane = event.target.closest("[data-zoom]");
    if (!pane || event.button || event.target.closest("[data-wipe-handle]")) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY, pane });
    spread = 0;
    if (view.scale > 1 || fingers.size > 1) { event.preventDefault(); pane.setPointerCapture(event.pointerId); pane.focus({ preventScroll: true }); }
  });
  document.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const moved = [event.clientX - finger.x, event.clientY - finger.y];
    [finger.x, finger.y] = [event.clientX, event.clientY];
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()];
      const now = Math.hypot(a.x - b.x, a.y - b.y);
      const middle = within(finger.pane, { clientX: (a.x + b.x) / 2, clientY: (a.y + b.y) / 2 });
      if (spread) zoom((view.scale * now) / spread, ...middle);
      spread = now;
    } else if (view.scale > 1) {
      view.x += moved[0];
      view.y += moved[1];
      apply();
    }
  });
  const release = (event) => { fingers.delete(event.pointerId); spread = 0; };
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
  document.addEventListener("dragstart", (event) => { if (event.target.closest("[data-zoom]")) event.preventDefault(); });

  const keys = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "actual" };
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !first()) return;
    if (event.target.matches("input, textarea, select")) return;
    const step = view.scale > 1 && event.target.matches("[data-zoom]") && steps[event.key];
    if (!step && !keys[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (step) { view.x += step[0]; view.y += step[1]; apply(); } else acts[keys[event.key]]();
  }, true);

  /* From frame to frame the same part of the picture stays in sight. */
  const goOn = () => {
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem("brender-zoom") || "{}"); } catch { /* nothing kept */ }
    const from = document.referrer && new URL(document.referrer).pathname;
    const shot = (path) => (path || "").match(/^\/(shots\/\d+\/frames\/|compare)/)?.[0];
    if (kept.scale && kept.at === from && shot(from) === shot(location.pathname)) Object.assign(view, kept);
  };
  document.addEventListener("htmx:afterSwap", apply);
  document.addEventListener("load", (event) => { if (event.target.matches?.("[data-zoom-layer]")) apply(); }, true);
  new ResizeObserver(apply).observe(document.documentElement);
  goOn();
  apply();
})();
