// Up to four entries side by side: what differs is marked, and who shares images with whom stands on top.

// The last is what a value counts; values that count different things, what nobody states, and the order of a list are no
// difference.
const ATTRIBUTES = [
  ["What it is", (entry, words) => words.kind[entry.kind]],
  ["Size", (entry) => sizeText(entry), ({ size }) => (size ? [[size.quantity, size.value], ...(size.also ? [size.also] : [])] : [])],
  ["Patients", (entry) => (entry.patients ? number(entry.patients) : "")],
  ["Images", (entry, words, catalog) => imageNames(entry, catalog)],
  ["Part of the body", (entry) => entry.body_region ?? []],
  ["Made for", (entry) => entry.tasks ?? []],
  ["Annotated by", (entry) => entry.annotations?.by ?? ""],
  ["License", (entry) => (entry.use === "unknown" ? "Not confirmed" : licenseNames(entry.terms))],
  ["Commercial use", (entry, words) => words.license_use[entry.use]],
  ["How to get it", (entry, words) => (entry.access ? words.access[entry.access.kind] : "")],
  ["Age and sex of each person", (entry, words) => pairOf(entry, ["age", "sex"], words)],
  ["Race and ethnicity of each person", (entry, words) => pairOf(entry, ["race", "ethnicity"], words)],
  ["Countries", (entry) => entry.countries ?? []],
  ["Official split", (entry, words) => (entry.splits ? words.answer[entry.splits.official] : "")],
  ["Published", (entry) => entry.published ?? ""],
  ["By", (entry) => entry.creator?.names ?? []],
  ["Known issues", (entry) => (entry.known_issues?.length ? String(entry.known_issues.length) : "")],
];
const NOT_STATED = "Not stated";
const OPEN_VALUES = new Set(["", NOT_STATED, "Not confirmed", "License not confirmed", "Access not confirmed", "Not known"]);

// Whether entries say different things of one attribute: only of values that are stated, and that count the same.
function sayDifferent(entries, values, counts) {
  if (counts) {
    const sizes = entries.flatMap(counts);
    return sizes.some(([quantity, value]) => sizes.some(([other, n]) => other === quantity && n !== value));
  }
  const stated = values.filter((value) => !OPEN_VALUES.has(value));
  return new Set(stated.map((value) => (Array.isArray(value) ? [...value].sort().join("; ") : value))).size > 1;
}

const licenseNames = (terms) => (terms ? [terms.name ?? terms.id, ...(terms.parts ?? []).map(({ part, id, name }) => `${part}: ${name ?? id}`)].join("; ") : "");

function pairOf(entry, names, words) {
  if (!["dataset", "collection"].includes(entry.kind)) return "";
  const answers = names.map((name) => words.answer[entry.demographics?.[name] ?? "unknown"]);
  return answers[0] === answers[1] ? answers[0] : names.map((name, at) => `${name}: ${answers[at].toLowerCase()}`).join(", ");
}

const shortName = ({ name }) => name.split(" (", 1)[0];

// One line for every pair: the images they share, or that none are recorded, which is no proof.
function pairLines(entries) {
  const pairs = entries.flatMap((one, at) => entries.slice(at + 1).map((other) => [one, other]));
  return pairs.map(([one, other]) => {
    const shared = (one.shares ?? []).find(({ key }) => key === other.key) ?? (other.shares ?? []).find(({ key }) => key === one.key);
    const text = shared?.sentence ?? `No shared images are recorded between ${shortName(one)} and ${shortName(other)}; no page that was read rules them out.`;
    return { shared: Boolean(shared), text };
  });
}

function comparison(app) {
  const { catalog, state } = app;
  const { words } = catalog;
  const entries = state.compare.map((key) => catalog.byKey.get(key));
  const head = make("tr", { role: "row" }, make("th", { scope: "col", role: "columnheader" }, ""), entries.map((entry) => make("th", { scope: "col", role: "columnheader" }, make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(entry.key) }, entry.name))));
  const rows = ATTRIBUTES.map(([label, read, counts]) => {
    const values = entries.map((entry) => read(entry, words, catalog)).map((value) => (value?.length ? value : NOT_STATED));
    if (values.every((value) => value === NOT_STATED)) return null;
    const differs = sayDifferent(entries, values, counts);
    const mark = differs ? make("span", { class: "wc-differs" }, "differs") : null;
    const cells = values.map((value, at) => make("td", { role: "cell", "data-column": entries[at].name }, Array.isArray(value) ? listed(value) : value));
    return make("tr", { role: "row", "data-differs": String(differs) }, make("th", { scope: "row", role: "rowheader" }, label, " ", mark), cells);
  });
  const pairs = pairLines(entries);
  const lines = (shared, sign) => pairs.filter((pair) => pair.shared === shared).map(({ text }) => make("li", {}, sign ? make("span", { class: "wc-sign", "aria-hidden": "true" }, `${sign} `) : null, text));
  const [shared, open] = [lines(true, "⚠"), lines(false, "")];
  return make(
    "article",
    { class: "wc-card wc-wide" },
    make("header", { class: "wc-top" }, make("h2", { id: "wc-card-name", tabindex: "-1" }, `${counted(entries.length, "entry", "entries")} side by side`), make("div", { class: "wc-row" }, button("Close", () => app.change({ comparing: false }, { step: true }), { class: "wb-button wc-close" }))),
    make(
      "div",
      { class: "wc-body" },
      shared.length ? make("ul", { class: "wc-warnings" }, shared) : null,
      open.length ? make("ul", { class: "wc-plain wc-quiet wc-unshared" }, open) : null,
      make("div", { class: "wc-scroll", tabindex: "0", role: "region", "aria-label": "Comparison" }, make("table", { class: "wc-compare wc-stacked", role: "table" }, make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, rows))),
    ),
  );
}

// The strip at the bottom of the window that shows who was picked. It stands in the top layer, since what holds the page
// in a notebook or in Voila cuts off what sticks to its end.
function comparedStrip(app) {
  const strip = make("div", { class: "wc-strip", role: "region", "aria-label": "Picked to compare", popover: "manual", hidden: true });
  let shownNow = "";
  function update() {
    const { catalog, state } = app;
    // over an open card it would lie in sight and out of reach
    const seen = state.compare.length > 0 && !state.card && !state.comparing;
    strip.hidden = !seen;
    app.root.classList.toggle("has-strip", seen);
    if (!seen) strip.hidePopover?.();
    const wanted = state.compare.join(" ");
    if (wanted !== shownNow) fill(catalog, state);
    shownNow = wanted;
    if (seen && !strip.matches(":popover-open")) strip.showPopover?.();
  }
  function fill(catalog, state) {
    const chips = state.compare.map((key) =>
      make("button", { type: "button", class: "wc-chip", onclick: () => app.toggleCompared(key) }, nameOf(catalog, key), make("span", { "aria-hidden": "true" }, " ✕"), make("span", { class: "wc-hidden" }, " (remove)")),
    );
    const go = button("Compare side by side", () => app.change({ comparing: true }, { step: true }), { class: "wb-button is-strong wc-go", disabled: state.compare.length < 2 });
    strip.replaceChildren(
      make("p", {}, state.compare.length < 2 ? "Pick one more to compare" : `${state.compare.length} of ${MOST_COMPARED} picked`),
      ...chips,
      make("div", { class: "wc-row" }, go, button("Clear", () => app.change({ compare: [], comparing: false }), { class: "wc-link" })),
    );
  }
  return { node: strip, update };
}
