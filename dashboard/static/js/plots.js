/* Plots over time or frames: fetched as JSON, drawn by uPlot in the colours of the theme. */
(() => {
  const drawn = new Map(); // figure's id → { figure, chart, body }

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // light-dark() is only resolved where it is used.
  const probe = document.createElement("span");
  const resolved = (variable) => {
    probe.style.color = `var(${variable})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const tone = (name) => resolved(name === "accent" ? "--accent-fill" : `--${name}-fill`);

  const sizes = ["B", "kB", "MB", "GB", "TB"];
  const size = (bytes) => {
    let step = 0;
    while (bytes >= 999.5 && step < sizes.length - 1) { bytes /= 1000; step += 1; }
    return `${bytes >= 100 || step === 0 ? Math.round(bytes) : bytes.toFixed(1)} ${sizes[step]}`;
  };
  const seconds = (s) => {
    if (s >= 3600) return `${(s / 3600).toFixed(1)} h`;
    if (s >= 120) return `${(s / 60).toFixed(1)} min`;
    return `${s >= 10 ? s.toFixed(0) : s >= 1 ? s.toFixed(1) : s.toFixed(2)} s`;
  };
  const words = {
    pct: (v) => `${Math.round(v)} %`,
    bytes: size,
    bytes_per_s: (v) => `${size(v)}/s`,
    seconds,
    celsius: (v) => `${Math.round(v)} °C`,
    count: (v) => (Number.isInteger(v) ? v.toLocaleString() : v.toFixed(1)),
  };
  const written = (unit, value) => (value == null ? "–" : words[unit](value));

  const options = (body, width) => {
    const text = resolved("--text-3");
    const line = resolved("--line");
    const axis = {
      stroke: text,
      font: `11px ${colour("--font") || "sans-serif"}`,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
    };
    return {
      width,
      height: 160,
      cursor: { y: false, points: { size: 6 } },
      legend: { live: true },
      scales: {
        x: { time: body.over === "time" },
        y: { range: (_, low, high) => [0, body.top ?? (high > 0 ? high * 1.1 : 1)] },
      },
      axes: [
        { ...axis },
        { ...axis, size: 74, values: (_, marks) => marks.map((mark) => written(body.unit, mark)) },
      ],
      series: [
        body.over === "time" ? {} : { label: "Frame", value: (_, v) => (v == null ? "–" : v) },
        ...body.series.map((each) => ({
          label: each.label,
          stroke: tone(each.tone),
          width: 1.5,
          spanGaps: false,
          paths: each.dots ? () => null : undefined,
          points: each.dots ? { show: true, size: 4, fill: tone(each.tone) } : { show: false },
          value: (_, v) => written(body.unit, v),
        })),
      ],
    };
  };

  /* A click on a plot over frames opens the frame; the end of a drag is none. */
  const openable = (chart, figure) => {
    const address = figure.closest("[data-open]")?.dataset.open;
    if (!address) return;
    let pressed = 0;
    chart.over.addEventListener("pointerdown", (event) => { pressed = event.clientX; });
    chart.over.addEventListener("click", (event) => {
      const frame = chart.data[0][chart.cursor.idx];
      if (frame != null && Math.abs(event.clientX - pressed) < 4) location.assign(address.replace(/0$/, frame));
    });
  };

  const draw = (held) => {
    held.chart?.destroy();
    held.chart = null;
    const { figure, body } = held;
    const canvas = figure.querySelector(".plot-canvas");
    const empty = figure.querySelector(".plot-empty");
    empty.hidden = body.x.length > 0;
    canvas.hidden = body.x.length === 0;
    empty.textContent = body.empty;
    if (!body.x.length) return;
    const data = [body.x, ...body.series.map((each) => each.values)];
    held.chart = new uPlot(options(body, canvas.clientWidth || 320), data, canvas);
    openable(held.chart, figure);
  };

  const load = async (held) => {
    try {
      const answer = await fetch(held.figure.dataset.plot, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      held.body = await answer.json();
      if (held.chart && held.body.x.length && held.chart.series.length === held.body.series.length + 1) {
        held.chart.setData([held.body.x, ...held.body.series.map((each) => each.values)]);
      } else draw(held);
    } catch { /* the band at the top says that the farm does not answer */ }
  };

  const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const held = drawn.get(target.id);
      if (held?.chart) held.chart.setSize({ width: target.clientWidth, height: 160 });
    }
  });

  const begin = (figure) => {
    const held = { figure, url: figure.dataset.plot, chart: null, body: null };
    drawn.set(figure.id, held);
    widths.observe(figure);
    load(held);
    const every = Number(figure.dataset.every);
    if (every) held.timer = setInterval(() => { if (!document.hidden) load(held); }, every * 1000);
  };

  const look = () => {
    for (const [id, held] of drawn) {
      if (held.figure.isConnected) continue;
      clearInterval(held.timer);
      drawn.delete(id);
    }
    for (const figure of document.querySelectorAll("figure[data-plot]")) {
      const held = drawn.get(figure.id);
      if (!held) begin(figure);
      else if (held.url !== figure.dataset.plot) { held.url = figure.dataset.plot; if (held.body) load(held); }
    }
  };

  document.addEventListener("htmx:afterSettle", look);
  new MutationObserver(() => { for (const held of drawn.values()) if (held.body) draw(held); })
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  look();
})();
