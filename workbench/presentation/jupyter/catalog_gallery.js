// The gallery: facets with counts, a search that forgives typos, chips of what is chosen, and one card an entry.

const SHOWN_AT_FIRST = 24;
const FACET_LONG = 7; // values; the rest waits behind a button
const FACETS = {
  kind: ["What it is", (entry, words) => [words.kind[entry.kind]]],
  image: ["Kind of image", (entry) => entry.images ?? []],
  region: ["Part of the body", (entry) => (entry.body_region ?? []).filter((region) => !["Unknown", "Not Applicable"].includes(region))],
  task: ["Made for", (entry) => (entry.tasks ?? []).map(capital)],
  use: ["License", (entry, words) => [words.license_use[entry.use]]],
  access: ["How to get it", (entry, words) => [words.access[entry.access?.kind ?? "unknown"]]],
  people: ["Known of each person", (entry) => ["age", "sex", "race", "ethnicity", "country"].filter((name) => ["yes", "partly"].includes(entry.demographics?.[name])).map(capital)],
  idc: ["In the Imaging Data Commons", (entry) => [placeInIdc(entry)]],
  state: ["State of the entry", (entry) => [entry.curated ? "Curated" : entry.use === "unknown" ? "License not confirmed" : "Some facts missing"]],
};
const OPEN_AT_FIRST = new Set(["kind", "image", "use"]);

function placeInIdc(entry) {
  if (entry.kind === "collection" || ["same", "idc_has_more", "idc_has_part"].includes(entry.idc?.relation)) return "Held there";
  return entry.idc?.relation ? "A relative is held there" : "Not held there";
}

const sizeOf = (entry) => entry.patients ?? -1;

const ORDERS = {
  size: (a, b) => sizeOf(b) - sizeOf(a),
  name: (a, b) => a.name.localeCompare(b.name, "en"),
  newest: (a, b) => (b.published ?? "").localeCompare(a.published ?? ""),
};

const KINDS = [["dataset", "data set"], ["model", "model"], ["framework", "framework"]];

// how many of each kind: an entry of the catalog is not always a data set
function byKind(entries) {
  const parts = KINDS.map(([kind, one]) => [entries.filter((entry) => entry.kind === kind).length, one]).filter(([n]) => n);
  return parts.map(([n, one]) => `${number(n)} ${one}${n === 1 ? "" : "s"}`).join(", ");
}

// Which entries are shown, and how many each value of a facet would show under all other facets.
function narrowed(catalog, state) {
  const listedEntries = state.collections ? catalog.collections : catalog.entries;
  const text = state.text.trim();
  const found = text ? new Map(catalog.find(text).map((key, at) => [key, at])) : null;
  const base = found ? listedEntries.filter((entry) => found.has(entry.key)) : listedEntries;
  const holds = (entry, name) => !state.facets[name].length || valuesOf(entry, name, catalog).some((value) => state.facets[name].includes(value));
  const counts = {};
  for (const name of FACET_NAMES) {
    const others = FACET_NAMES.filter((other) => other !== name);
    counts[name] = new Map();
    for (const entry of base) {
      if (!others.every((other) => holds(entry, other))) continue;
      for (const value of valuesOf(entry, name, catalog)) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
    }
  }
  const entries = base.filter((entry) => FACET_NAMES.every((name) => holds(entry, name)));
  if (ORDERS[state.sort]) entries.sort((a, b) => ORDERS[state.sort](a, b) || ORDERS.name(a, b));
  else if (found) entries.sort((a, b) => found.get(a.key) - found.get(b.key));
  return { entries, counts };
}

function valuesOf(entry, name, catalog) {
  if (!catalog.facetValues.has(entry)) {
    catalog.facetValues.set(entry, Object.fromEntries(FACET_NAMES.map((each) => [each, FACETS[each][1](entry, catalog.words)])));
  }
  return catalog.facetValues.get(entry)[name];
}

function facetBox(name, app) {
  const [title] = FACETS[name];
  const all = new Map();
  for (const entry of app.state.collections ? app.catalog.collections : app.catalog.entries) {
    for (const value of valuesOf(entry, name, app.catalog)) all.set(value, (all.get(value) ?? 0) + 1);
  }
  const fixed = { use: Object.values(app.catalog.words.license_use), access: Object.values(app.catalog.words.access), image: Object.keys(app.catalog.image_kinds) }[name];
  const values = [...all.keys()].sort((a, b) => (fixed ? fixed.indexOf(a) - fixed.indexOf(b) : all.get(b) - all.get(a) || a.localeCompare(b, "en")));
  if (values.length < 2) return null;
  const rows = values.map((value, at) => {
    const input = on(make("input", { type: "checkbox", value }), {
      change: () => {
        const chosen = app.state.facets[name].filter((each) => each !== value);
        app.change({ facets: { ...app.state.facets, [name]: input.checked ? [...chosen, value] : chosen } });
      },
    });
    const count = make("span", { class: "wc-count" });
    return { value, input, count, late: at >= FACET_LONG, row: make("label", { class: "wc-check" }, input, make("span", {}, value), count) };
  });
  const more = rows.length > FACET_LONG + 1 ? button(`${rows.length - FACET_LONG} more`, () => ((box.dataset.all = "true"), more.remove()), { class: "wc-link" }) : null;
  const group = make("fieldset", {}, make("legend", { class: "wc-hidden" }, title), rows.map(({ row }) => row), more);
  const box = make("details", { class: "wc-facet", "data-facet": name, open: OPEN_AT_FIRST.has(name) || app.state.facets[name].length > 0 }, make("summary", {}, title), group);
  const update = (counts) => {
    for (const { value, input, count, row, late } of rows) {
      const n = counts.get(value) ?? 0;
      input.checked = app.state.facets[name].includes(value);
      count.textContent = number(n);
      row.classList.toggle("is-empty", n === 0 && !input.checked);
      row.classList.toggle("is-late", Boolean(more) && late && !input.checked);
    }
  };
  return { box, update };
}

function entryTile(entry, app) {
  const { words } = app.catalog;
  const where = [entry.kind === "dataset" || entry.kind === "collection" ? "" : words.kind[entry.kind], listed(entry.images ?? []), (entry.body_region ?? []).slice(0, 2).join(", ")];
  const compared = on(make("input", { type: "checkbox", checked: app.state.compare.includes(entry.key), "data-compare": entry.key }), {
    change: () => app.toggleCompared(entry.key),
  });
  return make(
    "article",
    { class: "wc-tile", "data-entry": entry.key },
    make("p", { class: "wc-where" }, where.filter(Boolean).join(" · ")),
    make("h3", {}, make("button", { type: "button", class: "wc-open", "data-key": entry.key, onclick: () => app.openCard(entry.key) }, entry.name)),
    entry.summary ? make("p", { class: "wc-summary" }, entry.summary) : null,
    make(
      "div",
      { class: "wc-feet" },
      make("p", { class: "wc-size" }, entry.size ? sizeText(entry) : entry.kind === "dataset" ? "Size not stated" : ""),
      useBadge(entry.use, words),
      make("p", { class: "wc-quiet" }, entry.access ? words.access[entry.access.kind] : ""),
      make("label", { class: "wc-check wc-pick" }, compared, make("span", {}, "Compare", make("span", { class: "wc-hidden" }, ` ${entry.name}`))),
    ),
  );
}

function gallery(app) {
  const { catalog } = app;
  const facets = make("div", { class: "wc-facets" });
  const chips = make("div", { class: "wc-chips", "aria-label": "What is chosen", role: "group" });
  const count = make("p", { class: "wc-result", role: "status", tabindex: "-1" });
  const skip = button("Skip the filters", () => count.focus(), { class: "wb-button wc-skip" });
  const grid = make("div", { class: "wc-grid" });
  const rest = make("div", { class: "wc-rest" });
  const search = on(make("input", { type: "search", id: "wc-find", placeholder: "Name, organ, disease, creator…", autocomplete: "off", spellcheck: "false" }), {
    input: () => app.change({ text: search.value }),
  });
  const sort = on(make("select", { id: "wc-sort" }, Object.entries(SORTS).map(([value, label]) => make("option", { value }, label))), {
    change: () => app.change({ sort: sort.value }),
  });
  const apart = on(make("input", { type: "checkbox", role: "switch" }), {
    change: () => app.change({ collections: apart.checked, facets: nothingChosen().facets }),
  });
  const filters = make("details", { class: "wc-filters" }, make("summary", {}, "Filters"), facets);
  const wide = matchMedia("(min-width: 821px)");
  filters.open = wide.matches;
  let boxes = [], ofCollections = null, all = false, last = "";

  function update() {
    const { state } = app;
    if (ofCollections !== state.collections) {
      ofCollections = state.collections;
      boxes = FACET_NAMES.map((name) => facetBox(name, app)).filter(Boolean);
      facets.replaceChildren(...boxes.map(({ box }) => box));
    }
    const { entries, counts } = narrowed(catalog, state);
    for (const { box, update: refresh } of boxes) refresh(counts[box.dataset.facet]);
    if (search.value !== state.text) search.value = state.text;
    sort.value = state.sort;
    apart.checked = state.collections;
    const question = JSON.stringify([state.text, state.facets, state.sort, state.collections]);
    if (question !== last) {
      last = question;
      all = false;
      draw(entries);
    } else {
      for (const input of grid.querySelectorAll("[data-compare]")) input.checked = state.compare.includes(input.dataset.compare);
    }
    const total = (state.collections ? catalog.collections : catalog.entries).length;
    const unit = state.collections ? "collections" : "entries";
    const told = state.collections ? `${number(entries.length)} collections` : byKind(entries);
    count.textContent = entries.length === total ? told : `${number(entries.length)} of ${number(total)} ${unit}${state.collections || !entries.length ? "" : `: ${told}`}`;
    drawChips();
  }

  function draw(entries) {
    const shownEntries = all ? entries : entries.slice(0, SHOWN_AT_FIRST);
    grid.replaceChildren(...shownEntries.map((entry) => entryTile(entry, app)));
    rest.replaceChildren();
    if (!entries.length) {
      grid.append(make("p", { class: "wb-state" }, "Nothing matches all of this. Take a filter away, or search for another word."));
    }
    if (entries.length > shownEntries.length) {
      rest.append(button(`Show the other ${entries.length - shownEntries.length}`, () => {
        all = true;
        const next = entries[SHOWN_AT_FIRST].key;
        draw(entries);
        grid.querySelector(`[data-entry="${CSS.escape(next)}"] .wc-open`)?.focus();
      }));
    }
  }

  function drawChips() {
    const { state } = app;
    const chosen = FACET_NAMES.flatMap((name) => state.facets[name].map((value) => [name, value]));
    const chip = (label, act) => {
      const sign = make("span", { "aria-hidden": "true" }, " ✕");
      return make("button", { type: "button", class: "wc-chip", onclick: act }, label, sign, make("span", { class: "wc-hidden" }, " (remove)"));
    };
    chips.replaceChildren(
      ...(state.text.trim() ? [chip(`“${state.text.trim()}”`, () => app.change({ text: "" }))] : []),
      ...chosen.map(([name, value]) =>
        chip(value, () => app.change({ facets: { ...state.facets, [name]: state.facets[name].filter((each) => each !== value) } })),
      ),
      ...(chosen.length || state.text.trim() ? [button("Clear all", () => app.change({ facets: nothingChosen().facets, text: "" }), { class: "wc-link" })] : []),
    );
  }

  const bar = make(
    "div",
    { class: "wc-bar" },
    make("div", { class: "wc-field" }, make("label", { for: "wc-find" }, "Search"), search),
    make("div", { class: "wc-field" }, make("label", { for: "wc-sort" }, "Order"), sort),
  );
  const switchRow = catalog.collections.length
    ? make("label", { class: "wc-check wc-switch" }, apart, make("span", {}, `Show the ${number(catalog.collections.length)} collections of the Imaging Data Commons instead`))
    : null;
  const node = make("div", { class: "wc-browse" }, make("aside", { "aria-label": "Filters" }, skip, filters), make("div", { class: "wc-list" }, bar, switchRow, make("div", { class: "wc-line" }, count, chips), grid, rest));
  return { node, update };
}
