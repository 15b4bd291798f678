/* Ticks for notify.js, at once and every 5 s. */
postMessage(0);
setInterval(() => postMessage(0), 5000);
