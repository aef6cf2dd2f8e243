// Before anything is painted: the theme that the visitor chose on any page, as shell.js keeps it. A file of its own, because
// the policy of a static page allows no script inside its HTML; it blocks the page for a few hundred bytes.
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("workbench-theme") || "auto";
  } catch {
    // a file or a frame may not keep anything
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
