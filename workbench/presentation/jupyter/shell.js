// The house around every public page: header, pages, theme, notice, glossary and footer. One name, so that it meets no other.
//
//   shell.frame(page, main, {title})  {node, dark(), onTheme(act), stop()}: node holds main between header and footer
//   shell.follow(root)                {dark(), onTheme(act), stop()}: keeps root.dataset.theme, for what has no frame
//   shell.explain(node, glossary)     makes the first mention of each term in a section a link that opens its definition
//   shell.owns()                      whether the whole browser page is ours, as in Voila and in a static page
//
// page: identity {name, logo, url, contact, accent, accent_dark, link}, pages [{key, title, address, live}], home, key,
// glossary {term: {definition, source, url, forms}}, problem {kind, as_of}, as_of, source, contact
const shell = (() => {
  const THEMES = [["light", "Light"], ["auto", "As the system"], ["dark", "Dark"]];
  const KEPT = "workbench-theme";
  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    light: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM12 2v2.6M12 19.4V22M2 12h2.6M19.4 12H22M4.9 4.9l1.9 1.9M17.2 17.2l1.9 1.9M19.1 4.9l-1.9 1.9M6.8 17.2l-1.9 1.9",
    auto: "M4 5h16v11H4zM9 20h6M12 16v4",
    dark: "M20 14.6A8.4 8.4 0 0 1 9.4 4 8.4 8.4 0 1 0 20 14.6Z",
    menu: "M4 7h16M4 12h16M4 17h16",
  };
  const PROBLEMS = {
    missing: ["The numbers of this page are not here", "They are counted and written by the people who run these pages, and that has not happened yet or was moved. Please come back later."],
    tampered: ["This page is closed", "Its numbers are not the ones that were written when they were counted, so they are not shown. They have to be written anew by the people who run these pages."],
    schema: ["This page cannot be read", "Its numbers were written by another version of the workbench. They have to be written anew by the people who run these pages."],
    stale: ["These numbers are older than promised", "They were to be renewed by now and were not. They may still be useful if you say as of when they are."],
  };

  function part(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  function icon(name) {
    const node = document.createElementNS(SVG, "svg");
    for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", class: "wb-icon" })) node.setAttribute(key, value);
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", ICONS[name]);
    node.append(line);
    return node;
  }

  const owns = () => Boolean(document.body?.dataset.voila || document.documentElement.dataset.workbench);
  const isWeb = (address) => /^https?:\/\//.test(address ?? "");
  // addresses come from the server that shows this page; anything that could run is no address
  const isAddress = (address) => typeof address === "string" && !/^\s*(?!https?:)[a-z][a-z0-9+.-]*:/i.test(address);

  // ---- theme: what the visitor chose, else the system's; in JupyterLab the notebook's

  function chosen() {
    try {
      const kept = localStorage.getItem(KEPT);
      return THEMES.some(([name]) => name === kept) ? kept : "auto";
    } catch {
      return "auto"; // a file or a frame may not keep anything
    }
  }

  const system = matchMedia("(prefers-color-scheme: dark)");
  const listeners = new Set();

  function isDark() {
    if (!owns()) {
      const lab = document.body.dataset.jpThemeLight;
      return lab === undefined ? system.matches : lab === "false";
    }
    const choice = chosen();
    return choice === "auto" ? system.matches : choice === "dark";
  }

  function paint() {
    if (owns()) document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    for (const act of [...listeners]) act();
  }

  function choose(name) {
    try {
      localStorage.setItem(KEPT, name);
    } catch {
      // it then holds until the page is left
    }
    paint();
  }

  function follow(root) {
    const acts = new Set();
    const apply = () => {
      const theme = isDark() ? "dark" : "light";
      const changed = root.dataset.theme !== theme;
      root.dataset.theme = theme;
      if (changed) for (const act of acts) act();
    };
    listeners.add(apply);
    const lab = new MutationObserver(apply);
    if (!owns()) lab.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    system.addEventListener("change", paint);
    addEventListener("storage", paint);
    paint();
    return {
      dark: () => root.dataset.theme === "dark",
      onTheme: (act) => acts.add(act),
      stop() {
        listeners.delete(apply);
        lab.disconnect();
        system.removeEventListener("change", paint);
        removeEventListener("storage", paint);
      },
    };
  }

  function themeSwitch() {
    const options = THEMES.map(([name, label]) => {
      const input = part("input", { type: "radio", name: "wb-theme", value: name, "aria-label": label, checked: chosen() === name });
      input.addEventListener("change", () => choose(name));
      return part("label", { title: label }, input, part("span", {}, icon(name)));
    });
    return part("fieldset", { class: "wb-theme" }, part("legend", { class: "wb-unseen" }, "Colors of the page"), options);
  }

  // ---- header and footer

  function isHere(entry, page, entries) {
    if (page.key && entry.key) return entry.key === page.key && (!entries.some((each) => each.key === entry.key && each !== entry) || sameAddress(entry));
    return sameAddress(entry);
  }

  function sameAddress({ address }) {
    const path = (text) => new URL(text, location.href).pathname.replace(/(index\.html|\/)$/, "");
    return path(address) === path(location.href);
  }

  function navigation(page) {
    const entries = (page.pages ?? []).filter(({ address }) => isAddress(address));
    const start = page.home && isAddress(page.home) ? [{ key: "gallery", title: "Start", address: page.home }] : [];
    const all = [...start, ...entries.filter(({ key }) => key !== "gallery")];
    if (all.length < 2) return null;
    const items = all.map((entry) => {
      const here = isHere(entry, page, all);
      const live = entry.live && all.some((each) => !each.live && !["gallery", "glossary"].includes(each.key));
      return part("li", {}, part("a", { href: entry.address, "aria-current": here ? "page" : null }, entry.title, live ? part("small", { class: "wb-live" }, "live") : ""));
    });
    const list = part("ul", { id: "wb-pages" }, items);
    const button = part("button", { type: "button", class: "wb-menu", "aria-expanded": "false", "aria-controls": "wb-pages" }, icon("menu"), "Menu");
    const open = (state) => {
      button.setAttribute("aria-expanded", String(state));
      nav.classList.toggle("is-open", state);
    };
    const nav = part("nav", { class: "wb-nav", "aria-label": "Pages" }, button, list);
    button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
    nav.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
      open(false);
      button.focus();
    });
    return nav;
  }

  function brand(page) {
    const { name, logo } = page.identity ?? {};
    const words = part("span", {}, name || page.source?.name || "Imaging workbench");
    const picture = /^data:image\//.test(logo ?? "") ? part("img", { src: logo, alt: "", height: 36 }) : part("span", { class: "wb-mark", "aria-hidden": "true" });
    return page.home && isAddress(page.home) ? part("a", { class: "wb-brand", href: page.home }, picture, words) : part("p", { class: "wb-brand" }, picture, words);
  }

  function contactOf(address) {
    if (isWeb(address)) return part("a", { href: address, rel: "noopener noreferrer" }, address.replace(/^https?:\/\//, "").replace(/\/$/, ""));
    return /^[^\s@]+@[^\s@]+$/.test(address ?? "") ? part("a", { href: `mailto:${address}` }, address) : address || null;
  }

  function footer(page) {
    const { name, url } = page.identity ?? {};
    const source = page.source ?? {};
    const glossary = (page.pages ?? []).find(({ key }) => key === "glossary");
    const contact = contactOf(page.contact || page.identity?.contact);
    const lines = [
      part("p", { class: "wb-whose" }, name || source.name || "Imaging workbench"),
      page.as_of ? part("p", {}, `As of ${page.as_of}`) : null,
      isWeb(url) ? part("p", {}, contactOf(url)) : null,
      contact && page.contact !== url ? part("p", {}, "Contact: ", contact) : null,
    ];
    const words = wordList(page.glossary, glossary && isAddress(glossary.address) ? glossary.address : "");
    return part("footer", { class: "wb-foot" }, part("div", { class: "wb-inner" }, words, part("div", { class: "wb-imprint" }, lines)));
  }

  // ---- glossary: a term in a text opens its definition; every term of the page stands in a list at its end

  const NOT_IN = "a, button, summary, label, legend, select, textarea, input, th, h1, h2, h3, h4, svg, code, pre, dialog, .wb-chart, .wb-contents, .wb-option, .wb-cite, .wb-facts, .wb-provenance, .wg-picture, .wg-title, .wg-number, [data-plain]";
  const SENTENCE_PX = 56; // two lines below a word stay in sight as well
  let popover = null;

  function show(term, entry, anchor) {
    const house = anchor.closest(".wb-house") ?? document.body;
    if (popover?.parentElement !== house) {
      popover?.remove();
      popover = part("div", { class: "wb-popover", popover: "auto", role: "dialog", "aria-modal": "false" });
      house.append(popover);
    }
    const close = part("button", { type: "button", class: "wb-button" }, "Close");
    close.addEventListener("click", () => hide(anchor));
    close.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // else the word, which gets the focus back, would be pressed by the same key
      hide(anchor);
    });
    const source = isWeb(entry.url) ? part("a", { href: entry.url, rel: "noopener noreferrer" }, entry.source) : entry.source;
    popover.setAttribute("aria-label", `What ${term} means`);
    popover.replaceChildren(
      part("p", { class: "wb-term-name" }, capital(term)),
      part("p", {}, entry.definition),
      part("p", { class: "wb-note" }, "Source: ", source),
      close,
    );
    popover.onkeydown = (event) => event.key === "Escape" && hide(anchor);
    popover.showPopover?.();
    place(anchor);
    close.focus({ preventScroll: true });
  }

  function hide(anchor) {
    popover.hidePopover?.();
    anchor.focus({ preventScroll: true });
  }

  // below the word or above it, inside the window; on a phone the style puts it at the lower edge, and the sentence moves
  // up into sight; where the page ends there, the sheet goes to the upper edge
  function place(anchor) {
    popover.classList.remove("is-above");
    const box = popover.getBoundingClientRect();
    if (matchMedia("(max-width: 560px)").matches) {
      const covered = anchor.getBoundingClientRect().bottom + SENTENCE_PX - box.top;
      if (covered > 0) scrollBy({ top: covered, behavior: "instant" });
      popover.classList.toggle("is-above", anchor.getBoundingClientRect().bottom > box.top);
      return;
    }
    const word = anchor.getBoundingClientRect();
    const left = Math.max(12, Math.min(word.left, innerWidth - box.width - 12));
    const below = word.bottom + 8;
    const top = below + box.height > innerHeight - 8 ? Math.max(8, word.top - box.height - 8) : below;
    popover.style.setProperty("--left", `${left}px`);
    popover.style.setProperty("--top", `${top}px`);
  }

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const idOf = (term) => `term-${term.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;

  function link(term, entry, words, address) {
    const node = part("a", { class: "wb-term", href: `${address || ""}#${idOf(term)}`, role: "button", "aria-haspopup": "dialog", "data-term": term }, words);
    node.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !popoverWorks()) return;
      event.preventDefault();
      show(term, entry, node);
    });
    node.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      node.click();
    });
    return node;
  }

  const popoverWorks = () => "popover" in HTMLElement.prototype;

  function reader(glossary) {
    const forms = new Map();
    for (const [term, entry] of Object.entries(glossary)) {
      for (const form of entry.forms ?? [term]) forms.set(form === form.toUpperCase() ? form : form.toLowerCase(), term);
    }
    const all = [...forms.keys()].sort((a, b) => b.length - a.length);
    const pattern = all.length ? new RegExp(`(?<![\\w-])(?:${all.map(quoted).join("|")})(?![\\w-])`, "gi") : null;
    const termOf = (words) => forms.get(words) ?? (words === words.toUpperCase() && words.length < 6 ? undefined : forms.get(words.toLowerCase()));
    return { pattern, termOf };
  }

  // "Census" in "US Census Bureau" is part of a name
  const isName = (text, { 0: words, index }) => /^[A-Z][a-z]/.test(words) && /[A-Z]\w* $/.test(text.slice(0, index));

  function explain(root, glossary, address = "") {
    const { pattern, termOf } = reader(glossary ?? {});
    if (!pattern) return;
    const texts = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (!node.parentElement.closest(NOT_IN)) texts.push(node);
    const told = new Map([[root, new Set()]]);
    for (const node of texts) {
      const section = node.parentElement.closest("section, header, .wg-card, .wg-answer, main") ?? root;
      if (!told.has(section)) told.set(section, new Set());
      const [seen, found] = [told.get(section), []];
      for (const match of node.data.matchAll(pattern)) {
        const term = termOf(match[0]);
        if (!term || isName(node.data, match) || seen.has(term) || (glossary[term].everyday && told.get(root).has(term))) continue;
        seen.add(term);
        told.get(root).add(term);
        found.push([match.index, match[0], term]);
      }
      if (!found.length) continue;
      const pieces = [];
      let at = 0;
      for (const [start, words, term] of found) {
        pieces.push(node.data.slice(at, start), link(term, glossary[term], words, address));
        at = start + words.length;
      }
      node.replaceWith(...pieces, node.data.slice(at));
    }
  }

  function wordList(glossary, address) {
    const terms = Object.entries(glossary ?? {});
    if (!terms.length) return null;
    const items = terms.map(([term, entry]) => part("li", {}, link(term, entry, term, address)));
    return part("details", { class: "wb-words-used" }, part("summary", {}, `Words on this page, explained (${terms.length})`), part("ul", {}, items));
  }

  // ---- what stands in place of a page that cannot be shown as it is

  function notice({ kind, as_of: asOf }, open) {
    const [title, text] = PROBLEMS[kind] ?? PROBLEMS.missing;
    const told = asOf ? part("p", {}, `They are as of ${asOf}.`) : null;
    const button = open ? part("button", { type: "button", class: "wb-button is-strong" }, "Show the numbers all the same") : null;
    const node = part("section", { class: "wb-problem", "data-problem": kind, role: "status" }, part("h2", {}, title), part("p", {}, text), told, button);
    button?.addEventListener("click", () => {
      button.remove();
      open();
    });
    return node;
  }

  // a page in a file knows until when its numbers are good; the visitor's clock tells whether that has passed
  const isPast = (day) => /^\d{4}-\d{2}-\d{2}$/.test(day ?? "") && new Date().toISOString().slice(0, 10) > day;

  // what has to be known before any number is read, such as that the patients are invented
  const banner = (page) => part("p", { class: "wb-banner", role: "note", "data-plain": true }, page.banner);

  function frame(page, main, { title = page.title } = {}) {
    main.id ||= "wb-main";
    main.tabIndex = -1;
    const skip = part("a", { class: "wb-skip", href: `#${main.id}` }, "Skip to content");
    skip.addEventListener("click", (event) => {
      event.preventDefault(); // the part after # holds the view
      main.focus();
      main.scrollIntoView();
    });
    const top = part("header", { class: "wb-bar" }, part("div", { class: "wb-inner" }, brand(page), navigation(page), owns() ? themeSwitch() : null));
    const node = part("div", { class: "wb-house", lang: "en" }, owns() ? [skip, top] : null);
    const problem = page.problem ?? (isPast(page.good_until) ? { kind: "stale", as_of: page.as_of } : null);
    if (problem) {
      const isOld = problem.kind === "stale";
      main.hidden = true;
      main.dataset.ready = "true";
      const heading = part("h1", {}, page.title);
      const place = part("div", { class: "wb-page wb-instead" }, heading, notice(problem, isOld ? () => {
        heading.remove();
        main.hidden = false;
        main.focus({ preventScroll: true });
      } : null));
      node.append(place);
    }
    if (page.banner) node.append(banner(page));
    node.append(main, ...(owns() ? [footer(page)] : []));
    const own = page.identity ?? {};
    const colors = { "--wb-own": own.accent, "--wb-own-dark": own.accent_dark, "--wb-own-link": own.link, "--wb-own-tint": own.tint, "--wb-own-tint-dark": own.tint_dark };
    for (const [name, value] of Object.entries(colors)) if (/^#[0-9a-f]{6}$/i.test(value ?? "")) node.style.setProperty(name, value);
    const glossary = (page.pages ?? []).find(({ key }) => key === "glossary");
    const address = glossary && isAddress(glossary.address) ? glossary.address : "";
    if (page.key !== "glossary") explain(main, page.glossary, address);
    const whose = page.identity?.name;
    if (owns()) document.title = whose && !title.includes(whose) ? `${title} · ${whose}` : title;
    return { node, ...follow(node) };
  }

  if (document.body) paint();
  return { frame, follow, explain, banner, owns, part, idOf, capital };
})();
