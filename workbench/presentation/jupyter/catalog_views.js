// The map, the places where sources disagree, and the method, each built when it is first looked at.

const OPEN_CONFLICTS = 1;
const MAP_PX = 900; // narrower, names on the map would meet; it then scrolls sideways

function mapView(app) {
  const { figures } = app.page;
  const holder = make("div", { class: "wc-map" });
  const words = make("div", {});
  const twin = make("div", {});
  const frame = make("div", { class: "wb-frame" }, make("div", { class: "wb-chart", tabindex: "0", role: "group" }, holder), make("p", { class: "wb-beyond", "aria-hidden": "true" }, "scroll →"));
  const chart = frame.firstChild;
  chart.addEventListener("scroll", () => showWhatIsBeyond(chart), { passive: true });
  let shownFigure = null, finalize = () => {};

  const choices = figures.map((figure, at) => {
    const input = on(make("input", { type: "radio", name: "wc-map", checked: at === 0 }), { change: () => show(figure) });
    return make("label", { class: "wb-option" }, input, make("span", {}, figure.id === "datasets_patients" ? "Patients" : "Images, scans and slides"));
  });

  async function show(figure) {
    shownFigure = figure;
    words.replaceChildren(make("h3", { class: "wb-finding" }, figure.title), make("p", { class: "wb-subtitle" }, figure.subtitle));
    twin.replaceChildren(
      make("p", { class: "wb-footnote" }, figure.footnote),
      make("details", {}, make("summary", {}, "Description"), make("p", { class: "wc-measure" }, figure.description)),
      make("details", {}, make("summary", {}, "Table"), mapTable(figure, app)),
    );
    await draw();
  }

  async function draw() {
    const figure = shownFigure;
    finalize();
    chart.setAttribute("aria-label", figure.description);
    const spec = fitted(figure.spec, chart, app.darkness.matches);
    spec.width = Math.max(MAP_PX, chart.clientWidth) - 8;
    spec.config.legend = { ...spec.config.legend, orient: "top", columns: 4 };
    spec.config.axis = { ...spec.config.axis, labelLimit: 260 };
    try {
      const drawn = await vegaEmbed(holder, spec, { actions: false, renderer: "svg", mode: "vega-lite", logLevel: 1, tooltip: { theme: app.darkness.matches ? "dark" : "light" } });
      drawn.view.addEventListener("click", (_, item) => item?.datum?.key && app.openCard(item.datum.key));
      finalize = () => drawn.finalize();
      node.dataset.drawn = figure.id;
    } catch (error) {
      console.error(`Map: ${error.message}`);
      holder.replaceChildren(make("p", { class: "wb-state" }, "The map could not be drawn; its numbers are in the table below."));
    }
    showWhatIsBeyond(chart);
  }

  const node = make(
    "section",
    { class: "wc-view", "aria-label": "Map of the data sets" },
    make("p", { class: "wc-intro" }, "Every mark is a data set: the farther right, the larger; its color and shape say what its license allows. Choose a mark or a name to open its card."),
    make("fieldset", { class: "wb-choice" }, make("legend", {}, "Size counted in"), make("div", {}, choices)),
    words,
    frame,
    twin,
  );
  return { node, start: () => show(figures[0]), redraw: () => shownFigure && draw() };
}

// The table twin; the name opens the card, so that the keyboard reaches what the mouse does.
function mapTable(figure, app) {
  const { columns, rows } = figure.table;
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  const body = rows.map((row) => [
    make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(row[at.key]) }, row[at.name]),
    row[at["kind of image"]],
    app.catalog.words.license_use[row[at["license use"]]],
    row[at.size] ? `${number(row[at.size])} ${row[at.unit]}` : "Not stated",
  ]);
  return make("div", {}, button("Download CSV", () => download(`${figure.id}.csv`, asCsv(figure.table))), plainTable(["Data set", "Kind of image", "License", "Size"], body, "The data sets of the map"));
}

const differing = (entry) => (entry.claims ?? []).filter((claim) => claim.verdict === "differs");

function conflictsView(app) {
  const { entries, words } = app.catalog;
  const disagree = entries.filter((entry) => entry.conflicts?.length || differing(entry).length);
  const alike = entries.filter((entry) => (entry.guide_rows?.length ?? 0) > 1 && !disagree.includes(entry));
  return make(
    "section",
    { class: "wc-view", "aria-label": "Where sources disagree" },
    make("p", { class: "wc-intro" }, `The guides have ${counted(entries.reduce((n, entry) => n + (entry.guide_rows?.length ?? 0), 0), "row")}; ${counted(entries.filter((entry) => (entry.guide_rows?.length ?? 0) > 1).length, "entry is", "entries are")} named in several of them. Here are the rows as they stand, where they disagree with each other or with a source, and what was decided.`),
    disagree.length ? make("h3", { class: "wc-divide" }, `They disagree about ${counted(disagree.length, "entry", "entries")}`) : null,
    disagree.map(conflictBlock),
    alike.length ? make("h3", { class: "wc-divide" }, `Named more than once, saying the same: ${counted(alike.length, "entry", "entries")}`) : null,
    alike.map((entry) => make("details", { class: "wc-same" }, make("summary", {}, `${entry.name} (${entry.guide_rows.length} rows)`), guideTable(entry), opener(entry, app))),
    disagree.length || alike.length ? null : make("p", { class: "wb-state" }, "No two rows of the guides name the same entry, and no source contradicts them."),
  );

  function conflictBlock(entry, at) {
    const claims = differing(entry);
    const gist = entry.conflicts?.[0]?.nature ?? `${words.source[claims[0].source] ?? claims[0].source}: ${claims[0].text}; a source says otherwise.`;
    return make(
      "details",
      { class: "wc-conflict", "data-conflict": entry.key, open: at < OPEN_CONFLICTS },
      make("summary", {}, make("h4", {}, entry.name), make("span", { class: "wc-quiet wc-gist" }, gist)),
      guideTable(entry),
      conflictList(entry, words),
      claims.length
        ? make("ul", { class: "wc-plain" }, claims.map((claim) => make("li", {}, make("p", {}, make("strong", {}, `${words.source[claim.source] ?? claim.source}: ${claim.text}. `), make("span", { class: "wc-quiet" }, "A source says otherwise:")), evidenceNote(claim.checked_against, words), claim.note ? make("p", { class: "wc-note" }, claim.note) : null)))
        : null,
      entry.idc?.sentence ? make("p", { class: "wc-note" }, `Imaging Data Commons: ${entry.idc.sentence}`) : null,
      make("p", {}, opener(entry, app)),
    );
  }
}

const opener = (entry, app) => make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(entry.key) }, `Open the card of ${entry.name}`);

function methodView(app) {
  const node = make("section", { class: "wc-view wc-method", "aria-label": "Method and citing" });
  node.append(closing(app.page));
  return node;
}
