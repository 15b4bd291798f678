/* Tell the style sheet what this computer runs: its own path of several then stands first. */
(() => {
  const told = (navigator.userAgentData?.platform || navigator.platform || "").toLowerCase();
  const known = [["win", "windows"], ["mac", "macos"], ["iphone", "macos"], ["ipad", "macos"], ["linux", "linux"]];
  const found = known.find(([start]) => told.startsWith(start));
  if (found) document.documentElement.dataset.system = found[1];
})();
