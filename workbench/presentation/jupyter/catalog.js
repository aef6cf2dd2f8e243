// The page of the data catalog: one aggregates object in, everything answered in the browser. The parts stand before it.

const STRANGE_TOLD = 4; // things in an address that the catalog lacks

// Ranking and collections travel packed; what is packed is unpacked once, before anything is shown.
async function prepared(page) {
  const catalog = { ...page.catalog };
  [catalog.ranking, catalog.collections] = await Promise.all([unpacked(catalog.packed.ranking), unpacked(catalog.packed.collections)]);
  catalog.byKey = new Map([...catalog.entries, ...catalog.collections].map((entry) => [entry.key, entry]));
  catalog.facetValues = new Map();
  const { rules, forms, collections, leakage } = catalog.ranking;
  const indexes = {}; // built when first asked: of the entries, of the collections, of both
  const contents = { entries: forms, collections, both: [...forms, ...collections] };
  const index = (name) => (indexes[name] ??= ranking.buildIndex(contents[name], rules));
  catalog.search = (text, apart) => ranking.search(index(apart ? "collections" : "entries"), text, contents.both.length);
  catalog.ask = (question) => {
    const needs = ranking.readQuestion(question, rules, index("entries"));
    return ranking.recommend(index(needs.collections ? "both" : "entries"), needs, leakage, collections);
  };
  return catalog;
}

function tabs(app, build) {
  const views = {};
  const panels = make("div", { class: "wc-panels" });
  const buttons = Object.entries(VIEWS).map(([name, label]) =>
    on(make("button", { type: "button", role: "tab", id: `wc-tab-${name}`, "aria-controls": `wc-panel-${name}`, "data-view": name }, label), {
      click: () => app.change({ view: name }, { step: true }),
      keydown: (event) => move(event, name),
    }),
  );
  for (const name of Object.keys(VIEWS)) {
    panels.append(make("div", { role: "tabpanel", id: `wc-panel-${name}`, "aria-labelledby": `wc-tab-${name}`, hidden: true }, make("h2", { class: "wc-hidden" }, VIEWS[name])));
  }
  function move(event, name) {
    const names = Object.keys(VIEWS);
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -names.length, End: names.length }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = names[Math.max(0, Math.min(names.length - 1, names.indexOf(name) + step))];
    app.change({ view: next }, { step: true });
    buttons[names.indexOf(next)].focus();
  }
  function update() {
    const { view } = app.state;
    for (const node of buttons) {
      const chosen = node.dataset.view === view;
      node.setAttribute("aria-selected", String(chosen));
      node.tabIndex = chosen ? 0 : -1;
    }
    for (const panel of panels.children) panel.hidden = panel.id !== `wc-panel-${view}`;
    const panel = panels.querySelector(`#wc-panel-${view}`);
    if (!views[view]) {
      views[view] = build(view);
      panel.append(views[view].node);
      views[view].start?.();
    }
    views[view].update?.();
  }
  const node = make("div", { class: "wc-tabs" }, make("div", { role: "tablist", "aria-label": "Ways to look at the catalog" }, buttons), panels);
  return { node, update, redraw: () => Object.values(views).forEach((view) => view.redraw?.()) };
}

// One dialog for the card and for the comparison; the browser keeps the focus inside and closes it with Escape.
function dialogOf(app) {
  const dialog = make("dialog", { class: "wc-dialog", "aria-labelledby": "wc-card-name" });
  let shownNow = "", from = null;
  on(dialog, {
    cancel: (event) => {
      event.preventDefault();
      app.closeCard();
    },
    // a browser may close it without asking first
    close: () => (app.state.card || app.state.comparing) && !dialog.open && app.closeCard(),
    click: (event) => event.target === dialog && app.closeCard(),
  });
  // back to what opened it, else to the entry's own button, else to the chosen view
  function leave(key) {
    const own = app.root.querySelector(`.wc-open[data-key="${CSS.escape(key)}"]`);
    const chosen = app.root.querySelector("[role='tab'][aria-selected='true']");
    const strip = key.startsWith("compare ") ? app.root.querySelector(".wc-go:enabled") : null;
    [from, own, strip, chosen].find((node) => node && node !== document.body && node.isConnected && node.checkVisibility())?.focus();
    from = null;
  }
  function update() {
    const { card, comparing, compare } = app.state;
    const wanted = card ? `entry ${card}` : comparing ? `compare ${compare.join(" ")}` : "";
    if (wanted === shownNow) return;
    const before = shownNow;
    shownNow = wanted;
    if (ownsAddress()) document.title = card ? `${nameOf(app.catalog, card)} · ${app.page.source.name}` : app.page.title;
    if (!wanted) {
      dialog.close();
      dialog.replaceChildren();
      leave(before.replace("entry ", ""));
      return;
    }
    if (!dialog.open) from = document.activeElement;
    dialog.replaceChildren(card ? cardOf(app.catalog.byKey.get(card), app) : comparison(app));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    dialog.querySelector("#wc-card-name").focus();
  }
  return { node: dialog, update };
}

function compose(page, catalog) {
  const app = { page, catalog, state: ownsAddress() ? fromHash(location.hash, catalog) : nothingChosen(), isDark: () => false };
  const updates = [];
  app.change = (change, { step = false } = {}) => {
    app.state = { ...app.state, strange: [], ...change };
    writeAddress(app.state, { step });
    for (const update of updates) update();
  };
  app.openCard = (key) => app.change({ card: key }, { step: true });
  app.closeCard = () => app.change(app.state.card ? { card: "" } : { comparing: false }, { step: true });
  app.toggleCompared = (key) => {
    const { compare } = app.state;
    const next = compare.includes(key) ? compare.filter((each) => each !== key) : [...compare, key].slice(-MOST_COMPARED);
    app.change({ compare: next, comparing: app.state.comparing && next.length > 1 });
  };
  // as workbench/catalog/registry/ranking/weak_tails.py leaves out what matches far worse than the best
  catalog.find = (text) => {
    const rule = catalog.ranking.rules.search.tail;
    const found = (words) => catalog.search(words, app.state.collections);
    const asWritten = ({ matched }) => matched.some((said) => !said.includes(" for '"));
    const hits = found(text);
    const words = [...new Set(text.trim().split(/\s+/))].slice(0, rule.words);
    const holders = words.map((word) => new Set(found(word).filter(asWritten).map(({ key }) => key))).filter(({ size }) => size);
    const least = rule.share * Math.min(hits[0]?.score ?? 0, rule.named);
    return hits.filter(({ key, score }, at) => at < rule.kept || score >= least || (holders.length > 0 && holders.every((keys) => keys.has(key)))).map(({ key }) => key);
  };

  const build = (view) => {
    if (view === "browse") return gallery(app);
    if (view === "map") return mapView(app);
    return { node: view === "conflicts" ? conflictsView(app) : methodView(app) };
  };
  const asked = askPanel(app), tabbed = tabs(app, build), dialog = dialogOf(app), strip = comparedStrip(app);
  const strange = make("p", { class: "wc-strange", role: "status" });
  const tellStrange = () => {
    const { strange: asked } = app.state;
    strange.textContent = asked.length ? `The address also asks for ${listed(asked.length > STRANGE_TOLD ? [...asked.slice(0, STRANGE_TOLD), `${number(asked.length - STRANGE_TOLD)} more`] : asked)}, which the catalog does not have. That was left out.` : "";
    strange.hidden = !asked.length;
  };
  updates.push(tellStrange, asked.update, tabbed.update, strip.update, dialog.update);
  app.root = make(
    "main",
    { class: "wb-page wc-page", "data-ready": "false" },
    make("header", { class: "wb-header wc-header" }, make("h1", {}, page.title), page.subtitle ? make("p", { class: "wb-lead" }, page.subtitle) : null),
    strange,
    asked.node,
    (page.groups ?? []).map(tileGroup),
    tabbed.node,
    strip.node,
    dialog.node,
    make("p", { class: "wc-quiet wc-asof" }, [page.as_of ? `As of: ${page.as_of}` : "", page.source?.license].filter(Boolean).join(" · ")),
  );
  app.house = shell.frame(page, app.root);
  app.isDark = app.house.dark;
  app.start = () => updates.forEach((update) => update());
  app.follow = () => {
    app.state = fromHash(location.hash, catalog);
    app.start();
  };
  app.redraw = tabbed.redraw;
  return app;
}

function render({ model, el }) {
  let stop = () => {};
  async function show() {
    stop();
    let stopped = false;
    stop = () => (stopped = true);
    const page = model.get("page");
    if (!page?.catalog) {
      el.replaceChildren(make("p", { class: "wb-page wb-state" }, "The data catalog could not be read."));
      return;
    }
    let catalog;
    try {
      catalog = await prepared(page);
    } catch (problem) {
      console.error(`The data catalog could not be unpacked: ${problem.message}`);
      el.replaceChildren(make("p", { class: "wb-page wb-state" }, unpackingFailed("data catalog")));
      return;
    }
    if (stopped) return;
    const app = compose(page, catalog);
    const waiting = new AbortController();
    el.replaceChildren(app.house.node);
    laidOut(app.root, waiting.signal).then(() => {
      if (waiting.signal.aborted) return;
      app.start();
      app.root.dataset.ready = "true";
      app.root.dataset.firstMs = String(Math.round(performance.now()));
    });
    const follow = () => app.follow();
    const redraw = () => app.redraw();
    addEventListener("popstate", follow);
    app.house.onTheme(redraw);
    stop = () => {
      waiting.abort();
      removeEventListener("popstate", follow);
      app.house.stop();
    };
  }
  model.on("change:page", show);
  show();
  return () => {
    stop();
    model.off("change:page", show);
  };
}

export default { render };
