// Up to four entries side by side: what differs is marked, and who shares images with whom stands on top.

const ATTRIBUTES = [
  ["What it is", (entry, words) => words.kind[entry.kind]],
  ["Size", (entry) => (entry.size ? entry.size.text : "Not stated")],
  ["Patients", (entry) => (entry.patients ? number(entry.patients) : "Not stated")],
  ["Images", (entry, words, catalog) => imagesOf(entry, catalog)],
  ["Part of the body", (entry) => listed(entry.body_region ?? [])],
  ["Made for", (entry) => listed(entry.tasks ?? [])],
  ["Annotated by", (entry) => entry.annotations?.by ?? ""],
  ["License", (entry) => (entry.use === "unknown" ? "Not confirmed" : entry.terms?.name ?? "")],
  ["Commercial use", (entry, words) => words.license_use[entry.use]],
  ["How to get it", (entry, words) => (entry.access ? words.access[entry.access.kind] : "")],
  ["Age and sex of each person", (entry, words) => pairOf(entry, ["age", "sex"], words)],
  ["Race and ethnicity of each person", (entry, words) => pairOf(entry, ["race", "ethnicity"], words)],
  ["Countries", (entry) => listed(entry.countries ?? [])],
  ["Official split", (entry, words) => (entry.splits ? words.answer[entry.splits.official] : "")],
  ["Published", (entry) => entry.published ?? ""],
  ["By", (entry) => listed(entry.creator?.names ?? [])],
  ["Known issues", (entry) => (entry.known_issues?.length ? String(entry.known_issues.length) : "")],
];

function pairOf(entry, names, words) {
  if (!["dataset", "collection"].includes(entry.kind)) return "";
  const answers = names.map((name) => words.answer[entry.demographics?.[name] ?? "unknown"]);
  return answers[0] === answers[1] ? answers[0] : names.map((name, at) => `${name}: ${answers[at].toLowerCase()}`).join(", ");
}

function warningsBetween(entries) {
  const keys = new Set(entries.map(({ key }) => key));
  const found = entries.flatMap((entry) => (entry.shares ?? []).filter(({ key }) => keys.has(key)).map(({ sentence }) => sentence));
  return [...new Set(found)];
}

function comparison(app) {
  const { catalog, state } = app;
  const entries = state.compare.map((key) => catalog.byKey.get(key));
  const head = make("tr", {}, make("th", { scope: "col" }, ""), entries.map((entry) => make("th", { scope: "col" }, make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(entry.key) }, entry.name))));
  const rows = ATTRIBUTES.map(([label, read]) => {
    const values = entries.map((entry) => read(entry, catalog.words, catalog) || "–");
    if (values.every((value) => value === "–")) return null;
    const differs = new Set(values).size > 1;
    const mark = differs ? make("span", { class: "wc-differs" }, "differs") : null;
    return make("tr", { "data-differs": String(differs) }, make("th", { scope: "row" }, label, " ", mark), values.map((value) => make("td", {}, value)));
  });
  const warnings = warningsBetween(entries);
  return make(
    "article",
    { class: "wc-card wc-wide" },
    make("header", { class: "wc-top" }, make("h2", { id: "wc-card-name", tabindex: "-1" }, `${counted(entries.length, "entry", "entries")} side by side`), make("div", { class: "wc-row" }, button("Close", () => app.change({ comparing: false }, { step: true }), { class: "wb-button wc-close" }))),
    make(
      "div",
      { class: "wc-body" },
      warnings.length ? make("ul", { class: "wc-warnings" }, warnings.map((text) => make("li", {}, make("span", { class: "wc-sign", "aria-hidden": "true" }, "⚠ "), text))) : make("p", { class: "wc-quiet" }, "No images in common are known between these."),
      make("div", { class: "wc-scroll", tabindex: "0", role: "region", "aria-label": "Comparison" }, make("table", { class: "wc-compare" }, make("thead", {}, head), make("tbody", {}, rows))),
    ),
  );
}

// The strip at the bottom that shows who was picked.
function comparedStrip(app) {
  const strip = make("div", { class: "wc-strip", role: "region", "aria-label": "Picked to compare" });
  function update() {
    const { catalog, state } = app;
    strip.hidden = !state.compare.length;
    if (strip.hidden) return strip.replaceChildren();
    const chips = state.compare.map((key) =>
      make("button", { type: "button", class: "wc-chip", onclick: () => app.toggleCompared(key) }, nameOf(catalog, key), make("span", { "aria-hidden": "true" }, " ✕"), make("span", { class: "wc-hidden" }, " (remove)")),
    );
    const go = button("Compare side by side", () => app.change({ comparing: true }, { step: true }), { class: "wb-button is-strong", disabled: state.compare.length < 2 });
    strip.replaceChildren(
      make("p", {}, state.compare.length < 2 ? "Pick one more to compare" : `${state.compare.length} of ${MOST_COMPARED} picked`),
      ...chips,
      make("div", { class: "wc-row" }, go, button("Clear", () => app.change({ compare: [], comparing: false }), { class: "wc-link" })),
    );
    return undefined;
  }
  return { node: strip, update };
}
