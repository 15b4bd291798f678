/* Tells of shots that ended while the reader looks elsewhere: a message of the desktop, the tab's
   title and icon, a note on the page. One tab asks the farm and tells the others. */
const CHOICE = "brender-news", PLACE = "brender-news-place";
const FORGET_MS = 3_600_000, NOTE_MS = 15_000;
const bell = document.querySelector("[data-news]"), notes = document.querySelector(".told");
const icon = document.querySelector("link[rel=icon]"), plain = { title: document.title, icon: icon.href };
const channel = new BroadcastChannel("brender-news");
const signs = { completed: "✓", failed: "✗", paused: "⏸" };
const asset = (path) => new URL(path, import.meta.url).href;
const kept = new Map();
let unseen = [], leading = false;

const read = (name) => { try { return localStorage.getItem(name); } catch { return kept.get(name); } };
const keep = (name, value) => { kept.set(name, value); try { localStorage.setItem(name, value); } catch { /* for this page only */ } };
const choice = () => read(CHOICE) || "off";
const isLookedAt = () => document.visibilityState === "visible" && document.hasFocus();
const permission = () => ("Notification" in window && isSecureContext ? Notification.permission : "missing");

const mark = () => {
  const good = unseen.every((news) => news.topic === "completed"), last = unseen.at(-1);
  const words = unseen.length === 1 ? `${signs[last.topic]} ${last.name}` : `${good ? signs.completed : signs.failed} ${unseen.length} shots`;
  document.documentElement.dataset.marked = "";
  document.title = `${words} · Brender`;
  icon.href = asset(good ? "../img/mark-done.svg" : "../img/mark-failed.svg");
};
const unmark = () => {
  if (!unseen.length) return;
  unseen = [];
  delete document.documentElement.dataset.marked;
  document.title = document.querySelector("[data-title]")?.dataset.title || plain.title;
  icon.href = plain.icon;
  for (const note of notes.children) setTimeout(() => note.remove(), NOTE_MS);
};
const seen = () => { if (unseen.length && isLookedAt()) { unmark(); channel.postMessage(null); } };

const note = (news) => {
  const link = Object.assign(document.createElement("a"), { href: news.path, textContent: news.title });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×", title: "Close" });
  close.setAttribute("aria-label", `Close: ${news.title}`);
  const line = document.createElement("p");
  line.className = { completed: "tone-done", failed: "tone-failed" }[news.topic] || "tone-paused";
  line.append(Object.assign(document.createElement("b"), { textContent: signs[news.topic] }), " ", link, ` ${news.words}`, close);
  close.addEventListener("click", () => line.remove());
  notes.append(line);
  while (notes.children.length > 4) notes.firstElementChild.remove();
  if (isLookedAt()) setTimeout(() => line.remove(), NOTE_MS);
};
const pop = (title, body, news) => {
  const shown = new Notification(title, { body, tag: `brender-${news.event}`, icon: asset(news.topic === "completed" ? "../img/mark-done.svg" : "../img/mark-failed.svg") });
  shown.onclick = () => { window.focus(); location.assign(news.path); };
};
const popAll = (items) => {
  if (permission() !== "granted" || isLookedAt()) return;
  try {
    if (items.length > 3) pop(`${items.length} shots ended`, items.map((news) => `${signs[news.topic]} ${news.name}`).join("\n"), items.at(-1));
    else for (const news of items) pop(news.title, news.words, news);
  } catch { /* a phone's browser allows them to service workers only */ }
};
const tell = (items) => {
  for (const news of items) note(news);
  if (isLookedAt()) return;
  unseen.push(...items);
  mark();
};

const place = () => {
  const [event, at] = (read(PLACE) || "").split(" ").map(Number);
  return Date.now() - at < FORGET_MS ? event : "";
};
const ask = async () => {
  const answer = await fetch(`${bell.dataset.feed}?after=${place()}`, { cache: "no-store" });
  if (!answer.ok) return;
  if (answer.status === 204) { keep(PLACE, `${place()} ${Date.now()}`); return; }
  const found = await answer.json(), items = found.news.filter((news) => news.mine || choice() === "all");
  keep(PLACE, `${found.after} ${Date.now()}`);
  if (!items.length) return;
  channel.postMessage(items);
  popAll(items);
  tell(items);
};
/* A worker's clock goes on where a hidden page's is slowed down. */
const follow = () => new Promise((stop) => {
  const clock = new Worker(asset("news_clock.js"));
  clock.onmessage = () => {
    if (choice() !== "off") { ask().catch(() => { /* the page itself says that the farm is away */ }); return; }
    clock.terminate();
    stop();
  };
});
const lead = async () => {
  if (leading || choice() === "off") return;
  leading = true;
  await (navigator.locks ? navigator.locks.request("brender-news", follow) : follow());
  leading = false;
};

const STATES = {
  off: "This browser tells nothing.",
  granted: "A message of your desktop, and a mark on the tab.",
  default: "A mark on the tab; messages of your desktop were not allowed yet.",
  denied: "A mark on the tab: this browser blocks the desktop's messages here. Its settings for this site allow them.",
  missing: "A mark on the tab: browsers allow messages of the desktop on https and localhost only.",
};
const show = () => {
  const chosen = choice();
  for (const radio of document.querySelectorAll("[data-news-choice]")) radio.checked = radio.value === chosen;
  for (const state of document.querySelectorAll("[data-news-state]")) state.textContent = STATES[chosen === "off" ? "off" : permission()];
  document.documentElement.classList.toggle("is-told", chosen !== "off");
  bell.firstElementChild.setAttribute("aria-label", `Notifications: ${chosen === "off" ? "off" : `${chosen} shots`}`);
};
const choose = async (value) => {
  keep(CHOICE, value);
  show();
  lead();
  if (choice() === "off" || permission() !== "default") return;
  await Notification.requestPermission(); // who leaves the question open is told by the tab
  show();
};
document.addEventListener("change", (event) => { if ("newsChoice" in event.target.dataset) choose(event.target.value); });
addEventListener("storage", (event) => { if (event.key === CHOICE) { show(); lead(); } });
addEventListener("focus", seen);
document.addEventListener("visibilitychange", seen);
channel.onmessage = (event) => { if (event.data) tell(event.data); else unmark(); };
document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: asset("../css/pages/told.css") }));
/* Who was quicker than this script has chosen already. */
const early = document.querySelector("[data-news-choice]:checked");
if (early) choose(early.value);
else { show(); lead(); }
