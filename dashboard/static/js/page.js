/* Small comforts: local times, copying, a title that follows, a log that scrolls along. */
(() => {
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

  const ago = (moment) => {
    const seconds = Math.max(0, (Date.now() - moment) / 1000);
    if (seconds < 5) return "just now";
    const [length, unit] = units.find(([size]) => seconds >= size) || [1, "s"];
    return `${Math.floor(seconds / length)} ${unit} ago`;
  };
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const showTimes = () => {
    for (const element of document.querySelectorAll("time[data-ago]")) {
      const moment = new Date(element.dateTime);
      put(element, ago(moment));
      element.title = absolute.format(moment);
    }
    for (const element of document.querySelectorAll("time[data-since]")) {
      put(element, ago(new Date(element.dateTime)).replace("just now", "0 s").replace(" ago", ""));
    }
    for (const element of document.querySelectorAll("time[data-local]")) {
      put(element, absolute.format(new Date(element.dateTime)));
    }
  };

  let following = true;
  const followLog = () => {
    const log = document.querySelector("pre[data-follow]");
    if (log && following) log.scrollTop = log.scrollHeight;
  };
  document.addEventListener("scroll", (event) => {
    const log = event.target;
    if (!(log instanceof Element) || !log.matches("pre[data-follow]")) return;
    following = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  }, true);

  const refresh = () => {
    showTimes();
    followLog();
    const titled = document.querySelector("[data-title]");
    if (titled && !("marked" in document.documentElement.dataset)) document.title = titled.dataset.title;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1200);
  });

  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.querySelector("summary").focus();
    closeMenus();
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.log-fold[open]")) {
      const log = event.target.querySelector("pre");
      log.scrollTop = log.scrollHeight;
    }
  }, true);

  /* What tells of news is fetched once it is wanted: most pages of most people do without. */
  const bell = document.querySelector("[data-news]");
  const listen = () => import(bell.dataset.news);
  bell.addEventListener("toggle", listen, { once: true });
  addEventListener("storage", (event) => { if (event.key === "brender-news") listen(); });
  try { if (["mine", "all"].includes(localStorage.getItem("brender-news"))) listen(); } catch { /* asked for anew on each page */ }

  document.addEventListener("htmx:afterSwap", refresh);
  document.addEventListener("htmx:afterSettle", refresh);
  setInterval(showTimes, 5000);
  const log = document.querySelector("pre.log");
  if (log) log.scrollTop = log.scrollHeight;
  refresh();
})();
