// The house around every public page: header, navigation, theme, glossary and footer. One name, so that it meets no other.
// shell.frame(page, main) -> { node, dark(), onTheme(listener), stop() }
const shell = (() => {
  function frame(page, main) {
    const node = document.createElement("div");
    node.className = "wb-house";
    node.append(main);
    return { node, dark: () => matchMedia("(prefers-color-scheme: dark)").matches, onTheme() {}, stop() {} };
  }
  return { frame };
})();
