// The map, the places where sources disagree, and the method, each built when it is first looked at.

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
      make("details", {}, make("summary", {}, "Description"), described(figure.description)),
      make("details", {}, make("summary", {}, "Table"), mapTable(figure, app)),
      figureTools(figure, app.page, { width: MAP_PX }),
    );
    await draw();
  }

  async function draw() {
    const figure = shownFigure;
    finalize();
    chart.setAttribute("aria-label", figure.description);
    const spec = fitted(figure.spec, chart, app.isDark());
    spec.width = Math.max(MAP_PX, chart.clientWidth) - 8;
    const channels = (spec.layer ?? []).flatMap(({ encoding = {} }) => [encoding.color, encoding.shape]).filter((channel) => channel?.legend);
    for (const { legend } of channels) Object.assign(legend, { orient: "top", columns: chart.clientWidth < MAP_PX ? 1 : 4 }); // none beyond the edge
    spec.config.axis = { ...spec.config.axis, labelLimit: 260 };
    try {
      const drawn = await vegaEmbed(holder, spec, { actions: false, renderer: "svg", mode: "vega-lite", ast: true, logLevel: 1, tooltip: { theme: app.isDark() ? "dark" : "light" } });
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
const WORDING = new Set(["wording", "edition"]); // another kind of disagreement is about numbers or terms

// Two groups: numbers and terms of which one is wrong, then what is only worded differently, folded.
function conflictsView(app) {
  const { entries, words } = app.catalog;
  const grave = (entry) => differing(entry).length > 0 || (entry.conflicts ?? []).some(({ kind }) => !WORDING.has(kind));
  const disagree = entries.filter((entry) => entry.conflicts?.length || differing(entry).length);
  const [wrong, worded] = [disagree.filter(grave), disagree.filter((entry) => !grave(entry))];
  const alike = entries.filter((entry) => (entry.guide_rows?.length ?? 0) > 1 && !disagree.includes(entry));
  const group = (title, members) => (members.length ? make("section", { class: "wc-group" }, make("h3", { class: "wc-divide" }, title), members) : null);
  const alikeRows = alike.map((entry) => make("details", { class: "wc-same" }, make("summary", {}, `${entry.name} (${entry.guide_rows.length} rows)`), guideTable(entry), opener(entry, app)));
  const search = on(make("input", { type: "search", id: "wc-conflicts-find", placeholder: "Name, number, word…", autocomplete: "off", spellcheck: "false" }), { input: () => narrow() });
  const told = make("p", { class: "wc-quiet", role: "status" });
  const several = entries.filter((entry) => (entry.guide_rows?.length ?? 0) > 1).length;
  const node = make(
    "section",
    { class: "wc-view", "aria-label": "Where sources disagree" },
    make("p", { class: "wc-intro" }, `The guides have ${counted(entries.reduce((n, entry) => n + (entry.guide_rows?.length ?? 0), 0), "row")}; ${counted(several, "entry is", "entries are")} named in several of them. Here are the rows as they stand, where they disagree with each other or with a source, and what was decided.`),
    disagree.length ? make("div", { class: "wc-bar" }, make("div", { class: "wc-field" }, make("label", { for: "wc-conflicts-find" }, "Search in the disagreements"), search)) : null,
    told,
    group(`Numbers and terms that are wrong somewhere: ${counted(wrong.length, "entry", "entries")}`, wrong.map(conflictBlock)),
    worded.length ? make("details", { class: "wc-folded" }, make("summary", {}, make("h3", {}, `Only worded differently, or another edition: ${counted(worded.length, "entry", "entries")}`)), worded.map(conflictBlock)) : null,
    alike.length ? make("details", { class: "wc-folded" }, make("summary", {}, make("h3", {}, `Named more than once, saying the same: ${counted(alike.length, "entry", "entries")}`)), alikeRows) : null,
    disagree.length || alike.length ? null : make("p", { class: "wb-state" }, "No two rows of the guides name the same entry, and no source contradicts them."),
  );

  // every word has to stand in a block; a group without any is put away, a folded one with some is opened
  function narrow() {
    const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const blocks = [...node.querySelectorAll(".wc-conflict, .wc-same")];
    for (const block of blocks) {
      const text = block.textContent.toLowerCase();
      block.hidden = !asked.every((word) => text.includes(word));
    }
    for (const part of node.querySelectorAll(".wc-group, .wc-folded")) {
      const some = [...part.querySelectorAll(".wc-conflict, .wc-same")].some((block) => !block.hidden);
      part.hidden = !some;
      if (part.tagName === "DETAILS") part.open = asked.length > 0 && some;
    }
    const left = blocks.filter((block) => !block.hidden).length;
    told.textContent = asked.length ? `${number(left)} of ${number(blocks.length)} entries` : "";
  }

  // what a closed row says: the wrong number and the right one, else the disagreement and what was decided
  function gistOf(entry) {
    const told = entry.conflicts ?? [];
    const untold = differing(entry).filter((claim) => !told.some(({ nature }) => nature.includes(/[\d,.]+/.exec(claim.text)?.[0] ?? claim.text)));
    const refuted = untold.map((claim) => [`${words.source[claim.source] ?? claim.source}: ${claim.text}`, claim.right ?? claim.note ?? `“${plainWords(claim.checked_against?.words ?? "")}”`]);
    const first = told.some(({ kind }) => !WORDING.has(kind)) ? told.filter(({ kind }) => !WORDING.has(kind)) : told;
    const lines = [...refuted, ...first.map(({ nature, resolution }) => [nature.replace(/\.$/, ""), resolution])];
    return lines.map(([wrong, right]) => make("span", { class: "wc-gist" }, make("span", { class: "wc-wrong" }, wrong), make("span", { "aria-hidden": "true" }, " → "), make("span", { class: "wc-hidden" }, "; instead: "), make("span", {}, right)));
  }

  function conflictBlock(entry) {
    const claims = differing(entry);
    return make(
      "details",
      { class: "wc-conflict", "data-conflict": entry.key },
      make("summary", {}, make("h4", {}, entry.name), gistOf(entry)),
      guideTable(entry),
      conflictList(entry, words),
      claims.length ? make("ul", { class: "wc-plain" }, claims.map((claim) => refutedItem(claim, words))) : null,
      entry.idc?.sentence ? make("p", { class: "wc-note" }, `Imaging Data Commons: ${entry.idc.sentence}`) : null,
      make("p", {}, opener(entry, app)),
    );
  }
  return node;
}

// A number that a source refutes: why in words first, since a source may repeat it for something else
function refutedItem(claim, words) {
  const why = claim.note ? [" ", claim.note] : [];
  return make("li", {}, make("p", {}, make("strong", {}, `${words.source[claim.source] ?? claim.source}: ${claim.text}.`), why, claim.right ? make("strong", {}, ` Use ${claim.right}.`) : null), evidenceNote(claim.checked_against, words));
}

const opener = (entry, app) => make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(entry.key) }, `Open the card of ${entry.name}`);

function methodView(app) {
  const node = make("section", { class: "wc-view wc-method", "aria-label": "Method and citing" });
  node.append(closing(app.page));
  return node;
}
