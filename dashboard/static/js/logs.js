/* A log that is followed while its end is seen, and stays put while somebody reads further up. */
(() => {
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const lines = () => document.querySelector("[data-log]");
  let following = true;

  const hold = (is) => {
    following = !is;
    document.querySelector(".log-held").hidden = !is;
  };
  const toEnd = () => { const log = lines(); if (log) log.scrollTop = log.scrollHeight; };
  const showTimes = () => {
    for (const time of document.querySelectorAll("time[data-clock]")) {
      const moment = new Date(time.dateTime);
      time.textContent = clock.format(moment);
      time.title = whole.format(moment);
    }
  };
  const shown = () => { showTimes(); if (following) toEnd(); };

  document.addEventListener("scroll", (event) => {
    const log = event.target;
    if (log !== lines() || !document.querySelector("#logs-live[hx-get]")) return;
    hold(log.scrollHeight - log.scrollTop - log.clientHeight > 40);
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "logs-live" && !following) event.preventDefault();
  });
  document.querySelector("[data-log-resume]").addEventListener("click", () => {
    hold(false);
    toEnd();
    htmx.trigger("#logs-live", "refresh");
    lines()?.focus();
  });
  document.addEventListener("htmx:afterSettle", shown);
  shown();
})();
