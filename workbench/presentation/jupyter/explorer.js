// Draws the cohort explorer from one view object and sends back what was clicked. `explorer_parts.js` stands before this.

const TABS = [
  ["overview", "Overview"],
  ["attrition", "Attrition"],
  ["table_one", "Table 1"],
  ["series", "Series"],
  ["compare", "Compare"],
  ["export", "Export"],
];
const UNITS = ["patients", "studies", "series"];
const SLOW_MS = 150; // below, no sign of waiting is shown
const SILENT_MS = 20000; // above, the page says that nobody answers

function iconButton(text, action, send, hint) {
  return make("button", { type: "button", class: "wx-button", "data-do": action, title: hint, onclick: () => send({ do: action }) }, text);
}

// ---- top: where the numbers come from, what is selected, and the ways on

function heading(send, ask) {
  const [source, title, why] = [make("p", { class: "wx-source" }), make("h1", {}), make("p", { class: "wx-why" })];
  const examples = make("select", { class: "wx-select", "aria-label": "Open an example" });
  examples.addEventListener("change", () => examples.value && send({ do: "example", key: examples.value }));
  const [undo, redo] = [iconButton("Undo", "undo", send, "Ctrl Z"), iconButton("Redo", "redo", send, "Ctrl Shift Z")];
  const tools = make(
    "div",
    { class: "wx-tools", role: "toolbar", "aria-label": "Cohort" },
    examples,
    undo,
    redo,
    make("button", { type: "button", class: "wx-button", "data-ask": "python", onclick: () => ask("python") }, "Copy as Python"),
    make("button", { type: "button", class: "wx-button", "data-ask": "link", onclick: () => ask("link") }, "Share"),
  );
  const node = make("header", { class: "wx-header" }, source, title, why, tools);
  node.update = (view) => {
    put(source, view.source.line);
    put(title, view.title);
    put(why, view.why);
    const options = [["", view.example ? "Other examples" : "Open an example"], ...view.examples.map((example) => [example.key, example.title])];
    keyed(examples, options, ([key]) => key, ([key, text]) => make("option", { value: key }, text), (option, [, text]) => put(option, text));
    examples.value = "";
    undo.disabled = !view.can_undo;
    redo.disabled = !view.can_redo;
  };
  return node;
}

function numbers() {
  const node = make("dl", { class: "wx-numbers", "aria-live": "polite" });
  node.update = (view) => {
    keyed(
      node,
      view.counts,
      (tile) => tile.unit,
      (tile) => {
        const parts = { value: make("span", {}), suffix: make("small", {}), of: make("dd", { class: "wx-of" }), note: make("dd", { class: "wx-of" }), fill: make("span", { class: "wx-fill" }) };
        const entry = make("div", { class: "wx-number", "data-count": tile.unit }, make("dt", {}, tile.label), make("dd", { class: "wx-value" }, parts.value, parts.suffix), make("span", { class: "wx-track", "aria-hidden": "true" }, parts.fill), parts.of, parts.note);
        entry.parts = parts;
        return entry;
      },
      (entry, tile) => {
        const [text, suffix] = tile.unit === "size_gb" ? size(tile.value) : [count(tile.value), ""];
        const [all, allSuffix] = tile.unit === "size_gb" ? size(tile.total) : [count(tile.total), ""];
        entry.dataset.value = tile.value;
        put(entry.parts.value, text);
        put(entry.parts.suffix, suffix && ` ${suffix}`);
        put(entry.parts.of, `of ${all}${allSuffix && ` ${allSuffix}`}`);
        put(entry.parts.note, tile.note);
        const share = tile.total ? tile.value / tile.total : 0;
        entry.parts.fill.style.transform = `scaleX(${share && Math.max(share, 0.008)})`;
      },
    );
  };
  return node;
}

// ---- left: search, ranges, facets

function sidebar(send) {
  const box = make("input", { type: "search", class: "wx-search", placeholder: "Search descriptions", "aria-label": "Search study and series descriptions" });
  const found = make("p", { class: "wx-small" }, "Words in study or series descriptions, such as lung or contrast");
  let [timer, sent] = [null, ""];
  const go = () => {
    clearTimeout(timer);
    if (box.value.trim() === sent) return;
    sent = box.value.trim();
    send({ do: "search", text: sent });
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(go, 350);
  });
  box.addEventListener("keydown", (event) => event.key === "Enter" && go());
  const unit = make("div", { class: "wx-units", role: "group", "aria-label": "Count" });
  const ranges = make("div", { class: "wx-ranges" });
  const facets = make("div", { class: "wx-facets" });
  const fold = make("button", { type: "button", class: "wx-button wx-fold", "aria-expanded": "false" }, "Filters");
  const body = make("div", { class: "wx-side-body" }, make("div", { class: "wx-count-as" }, make("span", {}, "Count"), unit), make("div", { class: "wx-facet wx-find" }, box, found), ranges, facets);
  const node = make("aside", { class: "wx-side", "aria-label": "Filters" }, fold, body);
  fold.addEventListener("click", () => {
    const open = node.classList.toggle("is-open");
    fold.setAttribute("aria-expanded", String(open));
    put(fold, open ? "Hide filters" : "Filters");
  });
  node.update = (view) => {
    const choices = UNITS.map((name) => ({ name, on: name === view.unit }));
    keyed(unit, choices, (choice) => choice.name, ({ name }) => make("button", { type: "button", onclick: () => send({ do: "unit", unit: name }) }, name), (button, { on }) => button.setAttribute("aria-pressed", String(on)));
    if (document.activeElement !== box || view.search === sent) sent = view.search;
    if (document.activeElement !== box) box.value = view.search;
    node.querySelector(".wx-find").hidden = !view.can_search;
    keyed(ranges, view.ranges, (range) => range.attribute, () => rangeCard(send), (card, range) => card.update(range));
    keyed(facets, view.facets, (facet) => facet.attribute, () => facetCard(send), (card, facet) => card.update(facet));
  };
  return node;
}

// ---- right: tabs, each filled only while it is seen

function tabBar(send) {
  const node = make("div", { class: "wx-tabs", role: "tablist", "aria-label": "Views of the cohort" });
  const buttons = TABS.map(([name, text]) => make("button", { type: "button", role: "tab", id: `wx-tab-${name}`, "data-tab": name, onclick: () => send({ do: "tab", tab: name }) }, text));
  node.append(...buttons);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  node.update = (view) => {
    for (const button of buttons) {
      const on = button.dataset.tab === view.tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    }
  };
  return node;
}

function titled(title, note, ...content) {
  return make("section", { class: "wx-block" }, make("div", { class: "wx-block-head" }, make("h2", {}, title), note ? make("p", { class: "wx-small" }, note) : null), ...content);
}

function safeLink(url, text) {
  return /^https:\/\//.test(url ?? "") ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}

function overviewTab(send) {
  const [ages, bars, cards] = [pyramid(send), columns(send), make("div", { class: "wx-cards" })];
  const [agesNote, barsNote, cardsNote, all] = [make("p", { class: "wx-small" }), make("p", { class: "wx-small" }), make("p", { class: "wx-small" }), make("button", { type: "button", class: "wx-link", onclick: () => send({ do: "cards" }) })];
  const agesBlock = titled("Age and sex", null, ages, agesNote);
  const barsBlock = titled("Modality", null, bars, barsNote);
  const [steps, who] = [flow(send), lostPanel()];
  const stepsBlock = titled("What each filter costs, in patients", null, steps);
  const whoBlock = titled("Who you just lost", null, who);
  const brushes = make("div", { class: "wx-brushes" }, agesBlock, barsBlock, stepsBlock);
  const node = make("div", {}, make("div", { class: "wx-price" }, brushes, whoBlock), titled("Collections", null, cardsNote, cards, all));

  function card(item) {
    const parts = { name: make("strong", {}), license: make("span", { class: "wx-license" }), what: make("span", { class: "wx-what" }), n: make("span", { class: "wx-card-n" }) };
    const button = make("button", { type: "button", class: "wx-card" }, parts.name, parts.what, parts.n, parts.license);
    button.addEventListener("click", () => send({ do: "toggle", attribute: "collection_id", value: button.dataset.value }));
    button.parts = parts;
    return button;
  }
  node.update = (view) => {
    const panel = view.overview;
    agesBlock.hidden = !panel.pyramid;
    if (panel.pyramid) {
      ages.update(panel.pyramid);
      put(agesNote, panel.pyramid.note);
    }
    bars.update(panel.modality);
    put(barsNote, panel.modality.note);
    stepsBlock.hidden = !panel.costs.length;
    steps.update(panel.costs, panel.lost.step);
    who.update(panel.lost);
    put(cardsNote, panel.cards_note);
    keyed(cards, panel.cards, (item) => item.value, card, (button, item) => {
      button.dataset.value = item.value;
      button.setAttribute("aria-pressed", String(item.on));
      button.classList.toggle("is-noncommercial", item.noncommercial);
      put(button.parts.name, item.name);
      put(button.parts.what, item.what);
      put(button.parts.n, item.n);
      put(button.parts.license, item.license);
    });
    all.hidden = !panel.cards_hidden && !panel.cards_expanded;
    put(all, panel.cards_expanded ? "Show fewer" : `Show ${count(panel.cards_hidden)} more`);
  };
  return node;
}

function htmlTab() {
  // The HTML is made by our own Python, which escapes every value; nothing a visitor types comes back unescaped.
  const node = make("div", {});
  let [html, holder] = ["", make("div", { class: "wx-paper" })];
  node.append(holder);
  node.update = (fresh) => {
    if (fresh !== html) holder.innerHTML = html = fresh;
  };
  return node;
}

function attritionTab(ask) {
  const [words, price, flow] = [make("ol", { class: "wx-steps" }), make("ol", { class: "wx-steps" }), htmlTab()];
  const whom = make("h3", {}, "Whom each filter removed");
  const take = (kind, text, hint) => make("button", { type: "button", class: "wx-button", "data-ask": kind, title: hint, "aria-label": `${hint} as ${text}`, onclick: () => ask(kind) }, text);
  const node = titled("Who did each filter remove?", "Each step in the order of the criteria; of those lost, how many only because the value is missing.", make("div", { class: "wx-actions" }, take("flow", "SVG", "Download the diagram"), take("attrition", "CSV", "Download its numbers"), take("price", "CSV by group", "Download whom each filter removed")), flow, make("h3", {}, "In words"), words, whom, price);
  node.update = (view) => {
    flow.update(view.attrition.html);
    for (const [list, sentences] of [[words, view.attrition.sentences], [price, view.attrition.price]]) list.replaceChildren(...sentences.map((sentence) => make("li", {}, sentence)));
    whom.hidden = !view.attrition.price.length;
  };
  return node;
}

function tableOneTab(send, ask) {
  const by = make("select", { class: "wx-select", "aria-label": "Columns of Table 1", onchange: () => send({ do: "group", by: by.value }) });
  const table = htmlTab();
  const node = titled("Table 1", null, make("label", { class: "wx-by" }, "Columns by ", by, make("button", { type: "button", class: "wx-button", onclick: () => ask("table_one") }, "CSV")), table);
  node.update = (view) => {
    keyed(by, view.table_one.choices, ([key]) => key, ([key, text]) => make("option", { value: key }, text), () => {});
    by.value = view.table_one.by;
    table.update(view.table_one.html);
  };
  return node;
}

function seriesTab(send) {
  const [line, previous, next] = [make("p", { class: "wx-small", "data-rows": "" }), make("button", { type: "button", class: "wx-button" }, "Previous"), make("button", { type: "button", class: "wx-button" }, "Next")];
  const [head, rows] = [make("tr", {}), make("tbody", {})];
  const table = make("table", { class: "wx-rows" }, make("caption", { class: "wx-hidden" }, "Series of the cohort"), make("thead", {}, head), rows);
  const node = titled("Series", null, make("div", { class: "wx-scroll", tabindex: 0 }, table), make("div", { class: "wx-pages" }, previous, line, next));
  let page = 0;
  previous.addEventListener("click", () => send({ do: "page", page: page - 1 }));
  next.addEventListener("click", () => send({ do: "page", page: page + 1 }));
  node.update = (view) => {
    const panel = view.series;
    page = panel.page;
    keyed(head, panel.columns, (column) => column.name, (column) => make("th", { scope: "col", "data-column": column.name, class: column.number ? "is-number" : null }, column.sortable ? make("button", { type: "button", onclick: () => send({ do: "sort", by: column.name }) }, column.title) : column.title), (cell, column) => {
      const order = panel.sort === column.name ? (panel.descending ? "descending" : "ascending") : null;
      if (order) cell.setAttribute("aria-sort", order);
      else cell.removeAttribute("aria-sort");
    });
    rows.replaceChildren(
      ...panel.rows.map((row) =>
        make("tr", {}, panel.columns.map((column, index) => {
          const value = row[index];
          const shown = column.link ? safeLink(value, "Open") : column.number && value !== null ? COUNT.format(value) : value ?? "–";
          return make("td", { class: column.number ? "is-number" : null, title: !column.link && !column.number ? value : null }, shown);
        })),
      ),
    );
    put(line, panel.line);
    previous.disabled = page <= 0;
    next.disabled = page >= panel.pages - 1;
  };
  return node;
}

function compareTab(send) {
  const pin = make("button", { type: "button", class: "wx-button is-strong", "data-do": "pin", onclick: () => send({ do: "pin" }) });
  const drop = make("button", { type: "button", class: "wx-button", onclick: () => send({ do: "unpin" }) }, "Forget A");
  const [words, sides, plot] = [make("p", {}), make("div", { class: "wx-sides" }), make("div", { class: "wx-love" })];
  const node = titled("A against B", "Standardized mean differences; from 0.1 on a difference is usually called imbalance.", make("div", { class: "wx-actions" }, pin, drop), words, sides, plot);

  function row(item) {
    const [name, a, b, mark, value] = [make("th", { scope: "row" }), make("td", { class: "is-number" }), make("td", { class: "is-number" }), make("span", { class: "wx-dot" }), make("td", { class: "is-number" })];
    const entry = make("tr", {}, name, a, b, make("td", { class: "wx-lane" }, make("span", { class: "wx-threshold" }), mark), value);
    put(name, item.name);
    put(a, item.a);
    put(b, item.b);
    put(value, item.text);
    entry.classList.toggle("is-level", item.level);
    entry.classList.toggle("is-apart", item.apart);
    mark.hidden = item.smd === null;
    mark.style.left = `${100 * Math.min(item.smd ?? 0, 1)}%`;
    return entry;
  }
  node.update = (view) => {
    const panel = view.compare;
    put(pin, panel.pinned ? "Pin the current cohort as A instead" : "Pin the current cohort as A");
    drop.hidden = !panel.pinned;
    put(words, panel.words);
    sides.replaceChildren(...panel.sides.map((side) => make("div", { class: "wx-side-card", "data-side": side.letter }, make("b", {}, side.letter), make("span", {}, side.title), make("strong", {}, `${count(side.patients)} patients`))));
    plot.replaceChildren(
      panel.rows.length
        ? make("table", {}, make("thead", {}, make("tr", {}, make("th", {}, "Characteristic"), make("th", { class: "is-number" }, "A"), make("th", { class: "is-number" }, "B"), make("th", { class: "wx-lane-head" }, make("span", {}, "0"), make("span", {}, "0.1"), make("span", {}, "≥ 1")), make("th", { class: "is-number" }, "SMD"))), make("tbody", {}, panel.rows.map(row)))
        : "",
    );
  };
  return node;
}

function exportTab(send, ask) {
  const list = make("div", { class: "wx-exports" });
  const [load, file] = [make("button", { type: "button", class: "wx-button" }, "Load a definition"), make("input", { type: "file", accept: ".yaml,.yml,.json", class: "wx-hidden", "aria-label": "Definition file" })];
  const note = make("p", {});
  load.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    if (file.files.length) send({ do: "load", name: file.files[0].name, text: await file.files[0].text() });
    file.value = "";
  });
  const licenses = make("ul", { class: "wx-licenses" });
  const node = titled("Take it with you", null, note, list, make("h3", {}, "Licenses of this selection"), licenses, make("h3", {}, "Open a saved cohort"), make("p", { class: "wx-small" }, "A YAML or JSON definition, as written by Save definition or cohort.save(…)."), load, file);
  node.update = (view) => {
    const panel = view.export;
    put(note, panel.note);
    keyed(list, panel.kinds, (kind) => kind.kind, (kind) => make("button", { type: "button", class: "wx-export", "data-kind": kind.kind, onclick: () => ask(kind.kind) }, make("strong", {}, kind.title), make("span", {}, kind.what)), (button, kind) => {
      button.disabled = !kind.allowed;
    });
    licenses.replaceChildren(...panel.licenses.map((license) => make("li", {}, make("strong", {}, license.name), make("span", {}, license.n))));
    if (panel.warning) licenses.append(make("li", { class: "wx-warning" }, panel.warning));
  };
  return node;
}

// ---- texts to take away, files, and what went wrong

function textDialog() {
  const [title, note, text] = [make("h2", {}), make("p", { class: "wx-small" }), make("textarea", { readonly: true, rows: 8, spellcheck: "false" })];
  const copy = make("button", { type: "button", class: "wx-button is-strong" }, "Copy");
  const close = make("button", { type: "button", class: "wx-button" }, "Close");
  const node = make("dialog", { class: "wx-dialog" }, title, note, text, make("div", { class: "wx-actions" }, copy, close));
  copy.addEventListener("click", () => {
    selectAll();
    navigator.clipboard?.writeText(text.value).then(() => put(copy, "Copied"), () => put(copy, "Press Ctrl C"));
  });
  close.addEventListener("click", () => node.close());
  function selectAll() {
    text.focus({ preventScroll: true });
    text.setSelectionRange(0, text.value.length, "backward"); // forward, the end would be scrolled into view
    text.scrollTop = text.scrollLeft = node.scrollTop = 0;
  }
  node.show_text = (content) => {
    put(title, content.title);
    put(note, content.note);
    put(copy, "Copy");
    text.value = content.text;
    text.setAttribute("aria-label", content.title);
    node.dataset.kind = content.kind;
    if (!node.open) node.showModal();
    selectAll();
  };
  return node;
}

function download(name, type, buffer) {
  const address = URL.createObjectURL(new Blob([buffer], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function notices(send) {
  const node = make("div", { class: "wx-notices", role: "status" });
  node.update = (messages) => {
    node.replaceChildren(...messages.map((message) => make("p", { class: `wx-notice is-${message.kind}` }, message.text, make("button", { type: "button", class: "wx-remove", "aria-label": "Dismiss", onclick: (event) => event.target.parentNode.remove() }, "×"))));
  };
  return node;
}

// ---- the whole

function render({ model, el }) {
  const root = make("main", { class: "wx", lang: "en", "data-ready": "false" });
  const house = shell.frame({ ...model.get("house"), title: model.get("view").title }, root);
  const theme = () => (root.dataset.theme = house.dark() ? "dark" : "light");
  const [pending, filled] = [new Map(), new WeakSet()];
  let [last, slow, silent, held] = [0, null, null, null];

  function settle() {
    clearTimeout(slow);
    clearTimeout(silent);
    root.removeAttribute("aria-busy");
  }
  function post(action) {
    last += 1;
    pending.set(last, performance.now());
    root.dataset.pending = pending.size;
    clearTimeout(slow);
    slow = setTimeout(() => root.setAttribute("aria-busy", "true"), SLOW_MS);
    clearTimeout(silent);
    silent = setTimeout(() => {
      settle();
      told.update([{ kind: "error", text: "Nobody answers. The kernel may be busy with another cell, or it has stopped: reload the page, or run the cell again." }]);
    }, SILENT_MS);
    model.send({ id: `${name}-${last}`, ...action });
  }
  const name = Math.random().toString(36).slice(2, 8);
  const send = (action) => {
    held = null;
    post(action);
  };
  // What is dragged is followed while the mouse moves: one question at a time, and of those that wait only the newest.
  send.dragging = (action) => {
    if (pending.size) held = action;
    else post({ ...action, dragging: true });
  };
  function follow() {
    if (!held || pending.size) return;
    const action = held;
    held = null;
    post({ ...action, dragging: true });
  }
  const ask = (kind) => post({ do: "export", kind, page: location.href.split("#")[0] });

  const [top, figures, chips, side, tabs, dialog, told] = [heading(send, ask), numbers(), chipList(send), sidebar(send), tabBar(send), textDialog(), notices(send)];
  const panels = { overview: overviewTab(send), attrition: attritionTab(ask), table_one: tableOneTab(send, ask), series: seriesTab(send), compare: compareTab(send), export: exportTab(send, ask) };
  const stage = make("div", { class: "wx-stage", role: "tabpanel", tabindex: -1 });
  const gone = make("p", { class: "wx-closed" });
  const whole = [top, told, make("div", { class: "wx-sticky" }, figures, chips), make("div", { class: "wx-body" }, side, make("div", { class: "wx-main" }, tabs, stage)), dialog];
  const sized = new ResizeObserver(() => root.style.setProperty("--top", `${whole[2].offsetHeight}px`));
  sized.observe(whole[2]);
  root.append(make("div", { class: "wx-progress", "aria-hidden": "true" }), ...whole);

  function measure(answer) {
    const [owner, number] = String(answer ?? "").split("-");
    const started = owner === name ? pending.get(Number(number)) : undefined;
    if (started === undefined) return;
    for (const id of pending.keys()) if (id <= Number(number)) pending.delete(id);
    if (!pending.size) settle();
    root.dataset.pending = pending.size;
    // two frames later the new counts are on the screen
    requestAnimationFrame(() => setTimeout(() => {
      root.dataset.lastMs = (performance.now() - started).toFixed(1);
      root.dataset.answered = answer;
      follow();
    }));
  }

  function show() {
    const view = model.get("view");
    theme();
    if (view.closed) {
      put(gone, view.closed);
      root.replaceChildren(gone);
      root.dataset.ready = "closed";
      return;
    }
    if (!view.counts) return;
    for (const part of [top, figures, side, tabs]) part.update(view);
    chips.update(view.chips, view.hint);
    told.update(view.messages);
    const panel = panels[view.tab];
    if (stage.firstElementChild !== panel) {
      stage.replaceChildren(panel);
      stage.setAttribute("aria-labelledby", `wx-tab-${view.tab}`);
      stage.dataset.panel = view.tab;
    }
    // counts come first where a view takes longer; what is seen until then belongs to the counts before
    const late = !view[view.tab];
    stage.classList.toggle("is-stale", late);
    stage.classList.toggle("is-waiting", late && !filled.has(panel));
    if (!late) panel.update(view);
    if (!late) filled.add(panel);
    if (document.body.dataset.voila) document.title = view.title;
    root.dataset.ready = "true";
    root.dataset.step = view.step;
    if (view.answers) address(view);
    measure(view.answers);
  }

  // In Voila the address holds the cohort, so that reload, back and bookmarks find it; in JupyterLab it names the notebook.
  function address(view) {
    if (!document.body.dataset.voila || !view.opens_links || location.hash === view.fragment) return;
    history.replaceState(history.state, "", location.pathname + location.search + view.fragment);
  }
  function openLink() {
    const fragment = location.hash;
    if (model.get("view").opens_links && fragment.startsWith("#cohort=")) post({ do: "open_link", fragment });
  }

  function receive(content, buffers) {
    if (content.kind === "text") dialog.show_text(content.text);
    if (content.kind === "file") download(content.name, content.type, buffers[0]);
    measure(content.answers);
    settle();
  }

  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target.matches("input[type=search], textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    send({ do: event.shiftKey ? "redo" : "undo" });
  });
  // JupyterLab looks for its one-key commands (D D deletes the cell) before we are asked, and for this attribute on what has the
  // focus only; keys without Ctrl, Alt or Cmd are ours.
  const shield = (event) => {
    if (!root.contains(event.target)) return;
    const theirs = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !theirs);
  };
  addEventListener("keydown", shield, true);
  house.onTheme(theme);
  model.on("change:view", show);
  model.on("msg:custom", receive);
  el.replaceChildren(house.node);
  show();
  openLink();
  if (document.body.dataset.voila) addEventListener("hashchange", openLink);
  return () => {
    settle();
    house.stop();
    sized.disconnect();
    removeEventListener("hashchange", openLink);
    removeEventListener("keydown", shield, true);
    model.off("change:view", show);
    model.off("msg:custom", receive);
  };
}

export default { render };
