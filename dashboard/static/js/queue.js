/* Dragging a shot in the queue; the buttons of each row do the same without it. */
(() => {
  let drag = null; // { row, target, after }

  const rows = () => [...document.querySelectorAll(".line > li")];
  const unmark = () => {
    for (const row of rows()) row.classList.remove("drop-before", "drop-after");
  };
  const end = () => {
    unmark();
    drag?.row.classList.remove("dragged");
    document.documentElement.classList.remove("dragging");
    drag = null;
  };

  const aim = (y) => {
    const others = rows().filter((row) => row !== drag.row);
    const next = others.find((row) => {
      const box = row.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    unmark();
    drag.target = next || others.at(-1);
    drag.after = !next;
    drag.target?.classList.add(drag.after ? "drop-after" : "drop-before");
  };

  const drop = () => {
    const others = rows().filter((row) => row !== drag.row);
    const at = others.indexOf(drag.target) + (drag.after ? 1 : 0);
    if (!drag.target || at === rows().indexOf(drag.row)) return; // where it was
    const id = (row) => row?.dataset.shot || "";
    const form = drag.row.closest("form");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "move" });
    field.value = [id(drag.row), id(others[at - 1]), id(others[at])].join(",");
    form.append(field);
    form.submit();
  };

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".line .grip");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = { row: grip.closest("li"), target: null, after: false };
    drag.row.classList.add("dragged");
    document.documentElement.classList.add("dragging");
  });
  document.addEventListener("pointermove", (event) => { if (drag) aim(event.clientY); });
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    drop();
    end();
  });
  document.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) end(); });
  // Nothing moves under the pointer meanwhile.
  document.addEventListener("htmx:beforeSwap", (event) => { if (drag) event.detail.shouldSwap = false; });
})();
