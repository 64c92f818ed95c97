// Shows the theme that the person chose before anything is painted. src/theme.rs writes the choice.
try {
  const theme = localStorage.getItem("tickwire.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's wish holds.
}
