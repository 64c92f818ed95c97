// Shows what the person chose before anything is painted. src/storage.rs writes the settings, src/theme.rs shows changes.
try {
  const settings = localStorage.getItem("tickwire.settings") ?? "";
  for (const [, name, word] of settings.matchAll(/^(theme|palette|density|motion)=(\w+)$/gm)) {
    document.documentElement.dataset[name] = word;
  }
} catch {
  // No storage: the system's wish holds.
}
