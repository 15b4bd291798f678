/* The map of a shot: one cell a frame, in rendering order. Drawn anew when its runs change. */
(() => {
  const WORDS = { d: "done", r: "rendering", f: "failed", p: "pending" };
  const COLOURS = { d: "--done-fill", r: "--rendering-fill", f: "--failed-fill", p: "--surface-3" };
  const AREA_HEIGHT = 300;
  const maps = new WeakMap();

  const readRuns = (text) => {
    let start = 0;
    return text.split(",").map((part) => {
      const run = { letter: part[0], start, count: Number(part.slice(1)) };
      start += run.count;
      return run;
    });
  };
  const readFrames = (text) => text.split(",").map((part) => {
    const [, first, last, step] = part.match(/^(\d+)(?:-(\d+)(?:x(\d+))?)?$/).map(Number);
    const stride = Number.isNaN(last) ? 1 : (step || 1) * Math.sign(last - first || 1);
    return { first, stride, count: Number.isNaN(last) ? 1 : Math.floor((last - first) / stride) + 1 };
  });
  const frameAt = (map, position) => {
    for (const run of map.frames) {
      if (position < run.count) return run.first + position * run.stride;
      position -= run.count;
    }
    return null;
  };
  const runAt = (map, position) => map.runs.find((run) => position < run.start + run.count);

  const measure = (map) => {
    const width = map.canvas.clientWidth;
    map.cell = Math.min(18, Math.max(2, Math.floor(Math.sqrt((width * AREA_HEIGHT) / map.total))));
    map.columns = Math.max(1, Math.floor(width / map.cell));
    map.rows = Math.ceil(map.total / map.columns);
    const ratio = window.devicePixelRatio || 1;
    const height = map.rows * map.cell;
    map.canvas.style.height = `${height}px`;
    map.canvas.width = Math.round(width * ratio);
    map.canvas.height = Math.round(height * ratio);
    map.pen = map.canvas.getContext("2d");
    map.pen.scale(ratio, ratio);
  };
  /* A pen does not understand light-dark(): let the page work out what a colour is now. */
  const palette = (canvas) => (name) => {
    canvas.style.color = `var(${name})`;
    return getComputedStyle(canvas).color;
  };
  const draw = (map) => {
    measure(map);
    const { pen, cell, columns } = map;
    const colour = palette(map.canvas);
    const gap = cell >= 5 ? 1 : 0;
    for (const run of map.runs) {
      pen.fillStyle = colour(COLOURS[run.letter]);
      let position = run.start;
      const end = run.start + run.count;
      while (position < end) {
        const row = Math.floor(position / columns);
        const stop = Math.min(end, (row + 1) * columns);
        pen.fillRect((position - row * columns) * cell, row * cell, (stop - position) * cell - gap, cell - gap);
        position = stop;
      }
    }
    if (gap) cutColumns(map, colour);
    if (cell >= 8) markStates(map, colour);
    if (map.chosen !== null) outline(map, map.chosen, colour);
  };
  const cutColumns = ({ pen, cell, columns, rows }, colour) => {
    pen.fillStyle = colour("--bg");
    for (let column = 1; column <= columns; column += 1) pen.fillRect(column * cell - 1, 0, 1, rows * cell);
  };
  /* Colour is never alone: what failed is crossed out, what renders has a dot. */
  const markStates = (map, colour) => {
    const { pen, cell, columns } = map;
    pen.strokeStyle = pen.fillStyle = colour("--bg");
    pen.lineWidth = 1.5;
    for (const run of map.runs) {
      if (run.letter !== "f" && run.letter !== "r") continue;
      for (let position = run.start; position < run.start + run.count; position += 1) {
        const x = (position % columns) * cell, y = Math.floor(position / columns) * cell;
        const inset = cell * 0.28, far = cell - 1 - inset;
        pen.beginPath();
        if (run.letter === "r") pen.arc(x + (cell - 1) / 2, y + (cell - 1) / 2, cell / 6, 0, 7);
        else { pen.moveTo(x + inset, y + inset); pen.lineTo(x + far, y + far); pen.moveTo(x + far, y + inset); pen.lineTo(x + inset, y + far); }
        if (run.letter === "r") pen.fill(); else pen.stroke();
      }
    }
  };
  const outline = (map, position, colour) => {
    const { pen, cell, columns } = map;
    pen.strokeStyle = colour("--text");
    pen.lineWidth = 2;
    pen.strokeRect((position % columns) * cell - 1, Math.floor(position / columns) * cell - 1, cell + 1, cell + 1);
  };
  const tell = (map) => {
    const tip = map.canvas.parentElement.querySelector(".map-tip");
    const text = `Frame ${frameAt(map, map.chosen)}: ${WORDS[runAt(map, map.chosen).letter]}`;
    if (tip.textContent !== text) tip.textContent = text;
  };
  const choose = (map, position) => {
    map.chosen = Math.min(Math.max(position, 0), map.total - 1);
    tell(map);
    draw(map);
  };
  const open = (map) => {
    if (map.chosen !== null) location.assign(map.canvas.dataset.href.replace("/0", `/${frameAt(map, map.chosen)}`));
  };
  const positionOf = (map, event) => {
    const column = Math.floor(event.offsetX / map.cell), row = Math.floor(event.offsetY / map.cell);
    const position = row * map.columns + column;
    return column < map.columns && position < map.total ? position : null;
  };
  const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: (map) => map.columns, ArrowUp: (map) => -map.columns };

  const wire = (canvas) => {
    const map = { canvas, chosen: null };
    maps.set(canvas, map);
    canvas.addEventListener("mousemove", (event) => {
      const position = positionOf(map, event);
      if (position !== null && position !== map.chosen) choose(map, position);
    });
    canvas.addEventListener("click", (event) => { if (positionOf(map, event) !== null) { choose(map, positionOf(map, event)); open(map); } });
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter") open(map);
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      choose(map, (map.chosen === null ? -1 : map.chosen) + step(map));
    });
    return map;
  };
  const refresh = () => {
    for (const canvas of document.querySelectorAll("canvas[data-runs]")) {
      const map = maps.get(canvas) || wire(canvas);
      const { runs, frames, total } = canvas.dataset;
      if (map.runs && map.chosen !== null) tell(map);
      if (map.code === runs && map.width === canvas.clientWidth && map.theme === document.documentElement.dataset.bsTheme) continue;
      Object.assign(map, { code: runs, width: canvas.clientWidth, theme: document.documentElement.dataset.bsTheme });
      Object.assign(map, { runs: readRuns(runs), frames: readFrames(frames), total: Number(total) });
      draw(map);
    }
  };
  document.addEventListener("htmx:afterSettle", refresh);
  window.addEventListener("resize", refresh);
  new MutationObserver(refresh).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  refresh();
})();
