/* Plays a shot's frames from their small pictures: fetched ahead, gaps shown as gaps. */
(() => {
  const player = document.querySelector(".player");
  if (!player) return;
  const AHEAD = 60;
  const part = (name) => player.querySelector(`[data-player="${name}"]`);
  const canvas = player.querySelector("canvas"), gap = player.querySelector(".player-gap");
  const pen = canvas.getContext("2d");
  const pictures = new Map();
  let frames = [], total = 0, at = 0, playing = false, due = 0;

  const address = ([frame, tag]) => `${player.dataset.picture.replace("/0/", `/${frame}/`)}?v=${tag}`;
  const fetchPicture = (position) => {
    const found = frames[position];
    if (!found || !found[1] || pictures.has(position)) return;
    const picture = new Image();
    picture.src = address(found);
    pictures.set(position, picture);
  };
  /* What lies ahead is fetched, what lies far behind is let go. */
  const lookAhead = () => {
    for (let step = 0; step < Math.min(AHEAD, frames.length); step += 1) fetchPicture((at + step) % frames.length);
    for (const position of pictures.keys()) {
      const ahead = (position - at + frames.length) % frames.length;
      if (ahead >= AHEAD && ahead < frames.length - AHEAD) pictures.delete(position);
    }
  };
  const isReady = (position) => !frames[position][1] || (pictures.get(position) || {}).complete;

  const show = () => {
    const found = frames[at];
    if (!found) return;
    const picture = pictures.get(at);
    const isThere = Boolean(found[1] && picture && picture.complete && picture.naturalWidth);
    if (isThere) {
      if (canvas.width !== picture.naturalWidth) canvas.width = picture.naturalWidth;
      if (canvas.height !== picture.naturalHeight) canvas.height = picture.naturalHeight;
      pen.drawImage(picture, 0, 0);
    } else if (!found[1]) pen.clearRect(0, 0, canvas.width, canvas.height);
    gap.hidden = Boolean(found[1]);
    gap.firstElementChild.textContent = `Frame ${found[0]} is not there yet`;
    part("frame").textContent = `Frame ${found[0]}`;
    part("frame").href = player.dataset.frame.replace("/0", `/${found[0]}`);
    part("position").value = at;
    part("position").setAttribute("aria-valuetext", `Frame ${found[0]}`);
    part("count").textContent = `${at + 1} of ${total}`;
  };
  const move = (position) => {
    at = (position + frames.length) % frames.length;
    lookAhead();
    show();
    if (!isReady(at)) pictures.get(at).addEventListener("load", show, { once: true });
  };
  const tick = (now) => {
    if (!playing) return;
    const next = (at + 1) % frames.length;
    if (now >= due && isReady(next)) {
      due = Math.max(now - 100, due) + 1000 / Number(part("rate").value);
      move(next);
    }
    requestAnimationFrame(tick);
  };
  const turn = (on) => {
    playing = on && frames.length > 1;
    player.classList.toggle("playing", playing);
    part("toggle").setAttribute("aria-label", playing ? "Pause" : "Play");
    due = performance.now();
    if (playing) requestAnimationFrame(tick);
  };
  const load = async () => {
    do {
      const answer = await fetch(`${player.dataset.feed}?offset=${frames.length}`);
      const more = await answer.json();
      total = more.total;
      if (!more.frames.length) break;
      frames = frames.concat(more.frames);
      part("position").max = frames.length - 1;
      if (frames.length === more.frames.length) move(Math.max(0, frames.findIndex(([, tag]) => tag)));
    } while (frames.length < total);
  };

  part("toggle").addEventListener("click", () => turn(!playing));
  part("back").addEventListener("click", () => { turn(false); move(at - 1); });
  part("on").addEventListener("click", () => { turn(false); move(at + 1); });
  part("position").addEventListener("input", (event) => { turn(false); move(Number(event.target.value)); });
  document.addEventListener("keydown", (event) => {
    const name = { " ": "toggle", ArrowLeft: "back", ArrowRight: "on" }[event.key];
    if (!name || event.target.matches("input, select, button, a")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    part(name).click();
  }, true);
  load();
})();
