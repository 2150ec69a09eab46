// Two frames: the first is asked for, the second comes when it has been painted.
requestAnimationFrame(() =>
  requestAnimationFrame(() => window.__TAURI_INTERNALS__.invoke('ready')),
);
