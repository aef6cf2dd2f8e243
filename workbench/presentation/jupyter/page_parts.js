// The parts that public pages share: elements, charts, tables, header and closing. `vegaEmbed` and `shell` stand before this text.

const NARROW_PX = 520;
const SCROLLED_PX = 600; // on a phone, a chart with long labels keeps this width and scrolls sideways
const COLUMN_PX = 36; // a column of a heat map holds a number such as 81.2k
const NARROW_COLUMN_PX = 37;
const TILE_PX = 25; // of a map of states, on a phone
const SEEN_PX = 4; // less than this beyond the edge is margin
const ROW_NAMES_PX = 180;
const NARROW_NAMES_PX = 110; // of rows at most, on a phone
const LETTER_PX = 6.4; // of a name on an axis
const LONG_KEY = 16; // characters of a name in a legend; longer ones stand one below the other on a phone
const MOST_POINTS = 7; // of a description
const LOW_TABLE = 12; // rows that are shown whole
const CELLS_ON_DARK = { "#ffffff": "#12171c", "#5d6873": "#a9b6c1", "#eceef0": "#b6bdc4", "#eaf2fa": "#c3d8ec", "#dcebf7": "#c3d8ec" };
const MANY_SECTIONS = 4;
const LONG_NOTE = 360; // characters; beyond, a note is a list of its clauses
const COUNT_COLUMN = /^n([ _](patients|studies|series|total))?$/; // a count of these that is null may not be told
const RAW_NUMBER_COLUMN = /year|version|id$|zip/i; // 2024 is a year, not 2,024

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") node.addEventListener("click", value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
}

// a number never stands on one line and its percent sign on the next
const joined = (text) => text?.replaceAll(" %", "\u00a0%");

function safeLink(url, text) {
  return /^https?:\/\//.test(url ?? "") ? make("a", { href: url, rel: "noopener noreferrer" }, text) : text;
}

// ---- colors: a chart is written for a light page; on a dark one its grays are mirrored and its deep hues lifted

function onDark(hex) {
  const long = hex.length === 4 ? "#" + [...hex.slice(1)].map((digit) => digit + digit).join("") : hex;
  const channels = [1, 3, 5].map((start) => parseInt(long.slice(start, start + 2), 16) / 255);
  const [high, low] = [Math.max(...channels), Math.min(...channels)];
  const coded = (parts) => "#" + parts.map((part) => Math.round(part * 255).toString(16).padStart(2, "0")).join("");
  if (high - low < 0.16) {
    const middle = (high + low) / 2;
    return middle > 0.5 && middle < 0.7 ? hex : coded(Array(3).fill(0.1 + 0.84 * (1 - middle)));
  }
  const luminance = 0.2126 * channels[0] ** 2.2 + 0.7152 * channels[1] ** 2.2 + 0.0722 * channels[2] ** 2.2;
  return luminance < 0.16 ? coded(channels.map((part) => part + (1 - part) * 0.32)) : hex;
}

function forDark(value) {
  if (typeof value === "string") {
    if (value === "black") return "#f0f0f0";
    if (value === "white") return "#12171c";
    return /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? onDark(value) : value;
  }
  if (Array.isArray(value)) return value.map(forDark);
  if (value === null || typeof value !== "object") return value;
  const untouched = new Set(["data", "datasets", "scheme"]);
  const cells = new Set(isHeatmap(value) ? ["layer", "encoding"] : []);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      untouched.has(key) ? part : cells.has(key) ? cellsForDark(part) : forDark(part),
    ]),
  );
}

// numbers written on the colored cells of a heat map keep their ink, as the cells keep their color; empty ones are of
// the page's ground, and what is written on them is gray
function cellsForDark(value) {
  const text = JSON.stringify(value).replace(/"(#[0-9a-f]{6})"/g, (whole, color) => `"${CELLS_ON_DARK[color] ?? color}"`);
  return JSON.parse(text);
}

function isHeatmap(spec) {
  return [spec, ...(spec.layer ?? [])].some((part) => (part.mark?.type ?? part.mark) === "rect");
}

function namesAlong(spec, axis) {
  const channel = [spec, ...(spec.layer ?? [])].map((part) => part.encoding?.[axis]).find((each) => each?.field);
  const rows = Object.values(spec.datasets ?? {}).flat();
  return [...new Set(rows.map((row) => row[channel?.field]).filter((value) => value !== undefined && value !== null))].map(String);
}

const columnsOf = (spec) => namesAlong(spec, "x").length;
const longest = (names) => Math.max(0, ...names.map((name) => name.length));
const narrowNames = (spec) => Math.min(NARROW_NAMES_PX, 14 + LETTER_PX * longest(namesAlong(spec, "y")));

// on a phone the names of a heat map's columns stand upright where they would meet
function withUprightColumns(spec) {
  if (!isHeatmap(spec) || LETTER_PX * longest(namesAlong(spec, "x").flatMap((name) => name.split(" "))) < NARROW_COLUMN_PX) return;
  for (const part of [spec, ...(spec.layer ?? [])]) {
    const axis = part.encoding?.x?.axis;
    if (axis && !axis.labelAngle) Object.assign(axis, { labelAngle: -90, labelAlign: "left", labelBaseline: "middle", labelPadding: 4, labelExpr: "datum.label" });
  }
}

// a chart that is fitted in width needs a height in pixels: steps would have to be counted by Vega, which then complains
function withHeight(chart) {
  const step = chart.height?.step;
  if (!step || chart.width !== "container") return chart;
  const seen = new Set();
  const look = (spec, data, y) => {
    const own = spec.data ?? data;
    const channel = spec.encoding?.y ?? y;
    const domain = channel?.scale?.domain;
    const rows = own?.values ?? chart.datasets?.[own?.name] ?? [];
    for (const value of Array.isArray(domain) ? domain : channel?.field ? rows.map((row) => row[channel.field]) : []) seen.add(String(value));
    for (const part of spec.layer ?? []) look(part, own, channel);
  };
  look(chart, null, null);
  chart.height = Math.max(1, seen.size) * step;
  return chart;
}

const isTileMap = (spec) => [spec, ...(spec.layer ?? [])].some((part) => part.encoding?.x?.field && part.encoding.x.axis === null);

function leastWidth(spec, narrow) {
  if (narrow && isHeatmap(spec) && isTileMap(spec)) return TILE_PX * columnsOf(spec);
  if (isHeatmap(spec)) return narrow ? narrowNames(spec) + NARROW_COLUMN_PX * columnsOf(spec) : ROW_NAMES_PX + COLUMN_PX * columnsOf(spec);
  return narrow && hasLongLabels(spec) ? SCROLLED_PX : 0;
}

// on a phone every legend stands below its chart, whatever the chart says of it; a long name has a line of its own
function withLegendsBelow(spec, rows) {
  for (const part of [spec, ...(spec.layer ?? [])]) {
    if (part !== spec) withLegendsBelow(part, rows);
    for (const channel of Object.values(part.encoding ?? {})) {
      const definition = channel?.legend !== undefined || channel?.scale ? channel : channel?.condition;
      if (!definition?.field || definition.legend === null || !definition.scale) continue;
      const names = definition.scale.domain ?? rows.map((row) => row[definition.field]);
      const isLong = Array.isArray(names) && names.some((name) => String(name ?? "").length > LONG_KEY);
      definition.legend = { ...definition.legend, orient: "bottom", columns: isLong ? 1 : 2, labelLimit: 0 };
    }
  }
}

function hasLongLabels(spec) {
  const axes = [spec, ...(spec.layer ?? [])].flatMap((part) => Object.values(part.encoding ?? {}).map((channel) => channel.axis));
  return axes.some((axis) => axis?.labelLimit > 130);
}

// `over` wins, so that the page decides the font and the ground, the chart everything else
function merge(base, over) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const nested = value && typeof value === "object" && !Array.isArray(value);
    merged[key] = nested ? merge(merged[key] ?? {}, value) : value;
  }
  return merged;
}

function fitted(spec, holder, dark) {
  const style = getComputedStyle(holder);
  const [font, ink, soft, line] = ["font-family", "--wb-ink", "--wb-soft", "--wb-line"].map((name) =>
    style.getPropertyValue(name).trim(),
  );
  const narrow = holder.clientWidth < NARROW_PX;
  const chart = withHeight(dark ? forDark(structuredClone(spec)) : structuredClone(spec));
  const defaults = {
    axis: { labelColor: soft, titleColor: soft, domainColor: line, tickColor: line, gridColor: line, labelFontSize: 12 },
    legend: { labelColor: soft, titleColor: soft, labelFontSize: 12 },
    header: { labelColor: ink, titleColor: soft },
    title: { color: ink, subtitleColor: soft },
    text: { color: ink },
    view: { stroke: null },
  };
  const decided = { background: "transparent", font };
  if (narrow) {
    decided.axis = { labelLimit: 110, titleFontSize: 11 };
    decided.legend = { orient: "bottom", columns: 2, labelLimit: 120, layout: { bottom: { direction: "vertical", anchor: "start" } } };
    withUprightColumns(chart);
    withLegendsBelow(chart, Object.values(chart.datasets ?? {}).flat());
  }
  decided.axisX = { labelSeparation: 8 };
  chart.config = merge(merge(defaults, chart.config ?? {}), decided);
  delete chart.background;
  // labels at the end of a bar reach over the plot; without this margin the drawing would cut them
  if (chart.width === "container") chart.padding ??= { left: 2, top: 4, right: narrow ? 34 : 44, bottom: 4 };
  const least = leastWidth(chart, narrow);
  if (chart.width === "container" && least > holder.clientWidth) {
    chart.width = least;
    chart.autosize = { type: "fit-x", contains: "padding" };
    chart.config = merge(chart.config, { axis: { labelLimit: 260 } });
    holder.tabIndex = 0;
  }
  if (chart.width === "container") chart.autosize ??= { type: "fit-x", contains: "padding" };
  return chart;
}

// ---- tables and their download

function shown(value, column) {
  if (value === null || value === undefined) return COUNT_COLUMN.test(column) ? "hidden" : "–";
  if (typeof value !== "number" || RAW_NUMBER_COLUMN.test(column)) return String(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function asCsv(table) {
  const field = (value) => {
    const plain = value === null || value === undefined ? "" : String(value);
    const text = typeof value === "string" && /^[=+\-@]/.test(value) ? `'${plain}` : plain; // a program for tables would take it for a formula
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [table.columns, ...table.rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// what a column is called in sight; its file keeps the name that a program reads
const COLUMN_WORDS = { fraction: "share", fraction_low: "share, low end of interval", fraction_high: "share, high end of interval", jsd: "Jensen–Shannon distance" };

function headed(name) {
  if (COLUMN_WORDS[name]) return COLUMN_WORDS[name];
  const words = name.replaceAll("_", " ");
  if (/^n total$/.test(words)) return "of how many";
  return words.replace(/^n (?=\w)/, "").replace(/\bjsd2?\b/, "distance").replace(/\bfraction\b/, "share");
}

function tableTwin(figure) {
  const { columns, rows } = figure.table;
  const numeric = columns.map((_, at) => rows.some((row) => typeof row[at] === "number"));
  const isShort = columns.map((_, at) => rows.every((row) => String(row[at] ?? "").length <= 12)); // a date does not break
  const kind = (at) => [numeric[at] ? "wb-number" : "", isShort[at] ? "wb-whole" : ""].filter(Boolean).join(" ") || null;
  const cell = (tag, at, text, extra) => make(tag, { class: kind(at), ...extra }, text);
  const head = make("tr", {}, columns.map((name, at) => cell("th", at, headed(name), { scope: "col", "data-column": name })));
  const body = rows.map((row) => make("tr", {}, row.map((value, at) => cell("td", at, shown(value, columns[at])))));
  const save = () => download(`${figure.id}.csv`, asCsv(figure.table));
  const scroll = { class: rows.length > LOW_TABLE ? "wb-scroll" : "wb-scroll is-low", tabindex: "0", role: "region", "aria-label": `Table: ${figure.title}` };
  return make(
    "details",
    { class: "wb-table" },
    make("summary", {}, "Table"),
    make("button", { type: "button", class: "wb-button", onclick: save }, "Download CSV"),
    make("div", scroll, make("table", {}, make("thead", {}, head), make("tbody", {}, body))),
  );
}

// ---- the parts of the page, from top to bottom

function header(page) {
  const source = page.source ?? {};
  const origin = [source.name, source.version].filter(Boolean).join(" ");
  const facts = [
    ["As of", page.as_of],
    ["Source", origin ? safeLink(source.url, origin) : null],
    ["License", source.license],
  ].filter(([, value]) => value);
  return make(
    "header",
    { class: "wb-header" },
    make("h1", {}, page.title),
    page.subtitle ? make("p", { class: "wb-lead" }, page.subtitle) : null,
    make("dl", { class: "wb-facts" }, facts.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value)))),
  );
}

// the first sentence is what is said; the others are how it is known
function finding(text) {
  const [first, ...rest] = joined(text).split(/(?<=[^.\d]\.) (?=[A-Z0-9])/);
  return make("li", {}, make("strong", {}, first), rest.length ? make("span", {}, " " + rest.join(" ")) : null);
}

function findings(page) {
  if (!page.findings?.length) return null;
  return make(
    "section",
    { class: "wb-stands-out", "aria-labelledby": "wb-stands-out" },
    make("h2", { id: "wb-stands-out" }, "What stands out"),
    make("ul", { class: "wb-findings" }, page.findings.map(finding)),
  );
}

// what the page answers, each a step away; it moves the focus, as the part of the address after # holds the view
function contents(sections) {
  if (sections.length < MANY_SECTIONS) return null;
  const steps = sections.map(({ id, title }) => {
    const link = make("a", { href: `#wb-section-${id}` }, title);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const heading = document.getElementById(`wb-section-${id}`);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    });
    return make("li", {}, link);
  });
  return make("nav", { class: "wb-contents", "aria-label": "On this page" }, make("ul", {}, steps));
}

function tileGroup(group) {
  const tiles = group.tiles.map((tile) => {
    const mark = { class: "wb-value", "data-tile": `${group.id}.${tile.id}`, "data-value": String(tile.value) };
    return make(
      "div",
      { class: "wb-tile" },
      make("dt", {}, tile.label),
      make("dd", mark, tile.text),
      tile.note ? make("dd", { class: "wb-note" }, tile.note) : null,
    );
  });
  return make(
    "section",
    { class: "wb-group", "data-group": group.id, "aria-label": group.title },
    make("h2", {}, group.title),
    make("dl", { class: "wb-tiles" }, tiles),
  );
}

// a figure whose data are absent is a sentence that says why
function absence(figure) {
  return make(
    "section",
    { class: "wb-figure wb-absent", "data-figure": figure.id, "aria-labelledby": `wb-${figure.id}` },
    make(figure.section ? "h3" : "h2", { id: `wb-${figure.id}`, class: "wb-finding" }, joined(figure.title)),
    make("p", {}, joined(figure.absent)),
  );
}

// a long sentence of clauses is a list; beyond a few points the table has the rest
function described(text) {
  return text.split(/(?<=[^.\d]\.) (?=[A-Z0-9])/).flatMap((sentence) => {
    const clauses = sentence.replace(/\.$/, "").split("; ");
    if (clauses.length < 4) return make("p", {}, joined(sentence));
    // what stands before the first point: a sentence, or words with a colon of their own
    const [, lead, first] = /^(.*[^.\d]\. |[^:]*: (?=[^:]*: ))(.*)$/s.exec(clauses[0]) ?? [null, "", clauses[0]];
    const shown = [first, ...clauses.slice(1, MOST_POINTS)].map((clause) => make("li", {}, joined(clause)));
    const left = clauses.length - shown.length;
    return [lead ? make("p", {}, lead.trim()) : null, make("ul", {}, shown), left > 0 ? make("p", {}, `${left} more stand in the table.`) : null].filter(Boolean);
  });
}

function figureSection(figure) {
  if (figure.absent) return { figure, section: absence(figure), holder: null, drawn: true };
  const holder = make("div", { class: "wb-chart", role: "img", "aria-label": figure.description });
  holder.append(make("p", { class: "wb-state" }, "Drawing the chart…"));
  holder.addEventListener("scroll", () => showWhatIsBeyond(holder), { passive: true });
  const section = make(
    "section",
    { class: "wb-figure", "data-figure": figure.id, "aria-labelledby": `wb-${figure.id}` },
    make(
      "div",
      { class: "wb-words" },
      make(figure.section ? "h3" : "h2", { id: `wb-${figure.id}`, class: "wb-finding" }, joined(figure.title)),
      figure.subtitle ? make("p", { class: "wb-subtitle" }, joined(figure.subtitle)) : null,
      figure.footnote ? make("p", { class: "wb-footnote" }, joined(figure.footnote)) : null,
    ),
    make(
      "div",
      { class: "wb-picture" },
      make("div", { class: "wb-frame" }, holder, make("p", { class: "wb-beyond", "aria-hidden": "true" }, "scroll →")),
      make(
        "div",
        { class: "wb-more" },
        make("details", {}, make("summary", {}, "Description"), described(figure.description)),
        tableTwin(figure),
      ),
    ),
  );
  return { figure, section, holder };
}

function copyable(text) {
  const button = make("button", { type: "button", class: "wb-button" }, "Copy");
  button.addEventListener("click", () =>
    navigator.clipboard.writeText(text).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Select and copy by hand"),
    ),
  );
  return make("li", {}, make("span", {}, text), globalThis.isSecureContext ? button : null);
}

function noteBlock({ title, text }) {
  const clauses = text.length > LONG_NOTE ? text.replace(/\.$/, "").split("; ") : [];
  if (clauses.length < 4) return make("div", {}, make("h3", {}, title), make("p", {}, text));
  const list = make("ul", {}, clauses.map((clause) => make("li", {}, clause)));
  return make("details", { class: "wb-long" }, make("summary", {}, make("h3", {}, `${title} (${clauses.length} points)`)), list);
}

function using(page) {
  const { commercial, license } = page.use ?? {};
  const told = [
    ["May I use it commercially?", commercial],
    ["License", license],
  ].filter(([, text]) => text);
  const cite = page.cite?.length ? make("div", { class: "wb-citing" }, make("h3", {}, "How to cite"), make("ul", { class: "wb-cite" }, page.cite.map(copyable))) : null;
  if (!told.length && !cite) return null;
  return make(
    "section",
    { class: "wb-using", "aria-labelledby": "wb-using" },
    make("h2", { id: "wb-using" }, cite ? "Use and cite" : "Terms of use"),
    make("div", { class: "wb-notes" }, told.map(([title, text]) => make("div", {}, make("h3", {}, title), make("p", {}, joined(text)))), cite),
  );
}

function closing(page) {
  const inOrder = [...(page.notes ?? [])].sort((a, b) => (a.text.length > LONG_NOTE) - (b.text.length > LONG_NOTE));
  const notes = inOrder.map(noteBlock);
  const stamps = Object.entries(page.provenance ?? {});
  return make(
    "div",
    { class: "wb-closing" },
    using(page),
    notes.length ? make("section", {}, make("h2", {}, "Notes and method"), make("div", { class: "wb-notes" }, notes)) : null,
    stamps.length
      ? make(
          "details",
          { class: "wb-provenance" },
          make("summary", {}, "How this page was made"),
          make("dl", {}, stamps.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value))))),
        )
      : null,
  );
}

// ---- drawing

// the server keeps the page hidden until its style has arrived; a chart drawn before that has no width
function laidOut(node, stopped) {
  return new Promise((resolve) => {
    const look = () => (node.clientWidth > 0 || stopped.aborted ? resolve() : setTimeout(look, 16));
    look();
  });
}

// a chart that is wider than its page fades at the right until its end is reached
function showWhatIsBeyond(holder) {
  const beyond = holder.scrollWidth - holder.clientWidth;
  holder.parentElement.classList.toggle("wb-scrolled", beyond > SEEN_PX);
  holder.parentElement.classList.toggle("wb-cut", beyond - holder.scrollLeft > SEEN_PX);
}

async function draw({ figure, section, holder }, dark) {
  // Vega writes a label of its own on the node it draws in; the holder keeps the figure's
  const canvas = make("div", { class: "wb-canvas", "aria-hidden": "true" });
  if (!figure.table.rows.length) {
    holder.replaceChildren(make("p", { class: "wb-state" }, "There is nothing to draw: no record falls under this figure."));
    return () => {};
  }
  holder.replaceChildren(canvas);
  const tooltip = { theme: dark ? "dark" : "light" };
  try {
    const options = { actions: false, renderer: "svg", mode: "vega-lite", ast: true, tooltip }; // ast: no code from text, as the policy asks
    const drawn = await vegaEmbed(canvas, fitted(figure.spec, holder, dark), options);
    section.dataset.drawn = "true";
    showWhatIsBeyond(holder);
    return () => drawn.finalize();
  } catch (error) {
    console.error(`Figure ${figure.id}: ${error.message}`);
    section.querySelector(".wb-table").open = true;
    holder.replaceChildren(make("p", { class: "wb-state" }, "This chart could not be drawn; its numbers are in the table below."));
    return () => {};
  }
}
