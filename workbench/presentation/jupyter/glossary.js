// The glossary: every term, findable by typing, each with an address of its own. The house stands before this text.

function entryOf(term, { definition, source, url, forms }) {
  const stem = term.toLowerCase().slice(0, Math.max(3, term.length - 2)); // a plural says nothing new
  const others = (forms ?? []).filter((form) => !form.toLowerCase().startsWith(stem));
  return make(
    "div",
    { class: "wg-term", id: shell.idOf(term), "data-term": term, tabindex: "-1" },
    make("dt", {}, shell.capital(term), others.length ? make("span", { class: "wg-forms" }, others.join(", ")) : null),
    make("dd", {}, definition),
    make("dd", { class: "wb-note" }, "Source: ", safeLink(url, source)),
  );
}

// a letter leads to its first term; the part of the address after # is left to the terms
function lettersOf(entries) {
  const first = new Map();
  for (const entry of entries) {
    const letter = entry.dataset.term.charAt(0).toUpperCase();
    if (!first.has(letter)) first.set(letter, entry);
  }
  const steps = [...first].sort(([a], [b]) => a.localeCompare(b)).map(([letter, entry]) => {
    const step = make("a", { href: `#${entry.id}`, "aria-label": `Terms with ${letter}` }, letter);
    step.addEventListener("click", (event) => {
      event.preventDefault();
      entry.scrollIntoView({ block: "start" });
      entry.focus({ preventScroll: true });
    });
    return make("li", {}, step);
  });
  return make("nav", { class: "wg-letters", "aria-label": "By letter" }, make("ul", {}, steps));
}

function compose(page) {
  const entries = Object.entries(page.glossary ?? {}).map(([term, entry]) => entryOf(term, entry));
  const letters = lettersOf(entries);
  const search = make("input", { type: "search", id: "wg-find", class: "wg-find", autocomplete: "off", spellcheck: "false" });
  const told = make("p", { class: "wb-note", role: "status" });
  const find = () => {
    const words = search.value.trim().toLowerCase();
    for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(words);
    const found = entries.filter((entry) => !entry.hidden).length;
    letters.hidden = Boolean(words);
    told.textContent = words ? (found ? `${found} of ${entries.length} terms` : "No term has these words. Try a part of the word.") : `${entries.length} terms`;
  };
  search.addEventListener("input", find);
  find();
  const root = make(
    "main",
    { class: "wb-page wg-page", "data-ready": "true" },
    make("header", { class: "wb-header" }, make("h1", {}, page.title), make("p", { class: "wb-lead" }, page.subtitle)),
    make("p", { class: "wg-search" }, make("label", { for: "wg-find" }, "Find a term"), search),
    told,
    letters,
    make("dl", { class: "wg-terms" }, entries),
  );
  return { root, entries };
}

function render({ model, el }) {
  let leave = () => {};
  function show() {
    leave();
    const page = model.get("page");
    const { root, entries } = compose(page);
    const house = shell.frame({ ...page, glossary: null }, root);
    el.replaceChildren(house.node);
    const follow = () => {
      const wanted = entries.find(({ id }) => id === location.hash.slice(1));
      if (!wanted) return;
      wanted.scrollIntoView({ block: "center" });
      wanted.focus({ preventScroll: true });
    };
    if (shell.owns()) {
      addEventListener("hashchange", follow);
      follow();
    }
    leave = () => {
      house.stop();
      removeEventListener("hashchange", follow);
    };
  }
  model.on("change:page", show);
  show();
  return () => {
    leave();
    model.off("change:page", show);
  };
}

export default { render };
