// Who the step in view has lost, and the commons and the cohort against a population: one row a group, two pictures in it.
// `explorer_parts.js` stands before this text, `explorer.js` follows it.

const percents = (share) => (share === null || share === undefined ? "–" : share > 0 && share < 0.01 ? "< 1\u00a0%" : `${Math.round(100 * share)}\u00a0%`);
const along = (share, end = 1) => `${(100 * Math.min(Math.max(share, 0), end)) / end}%`;

// the steps as a flow: each says what is left, and shows on a click whom it lost
function flow(send) {
  const all = make("p", { class: "wx-flow-start" });
  const list = make("ol", { class: "wx-costs" });
  const key = make("p", { class: "wx-key", "aria-hidden": "true" }, ["kept", "lost only because the value is missing", "lost otherwise"].map((text) => make("span", {}, text)));
  const node = make("div", {}, all, list, key);

  function step() {
    const parts = { name: make("strong", {}), left: make("span", { class: "wx-cost-left" }), kept: make("span", { class: "is-kept" }), unknown: make("span", { class: "is-unknown" }), words: make("span", { class: "wx-cost-words" }) };
    const button = make("button", { type: "button", class: "wx-cost" }, parts.name, parts.left, make("span", { class: "wx-split", "aria-hidden": "true" }, parts.kept, parts.unknown), parts.words);
    button.addEventListener("click", () => send({ do: "step", at: Number(button.dataset.at) }));
    const entry = make("li", {}, button);
    entry.button = button;
    entry.parts = parts;
    return entry;
  }
  node.update = (costs, chosen) => {
    put(all, costs.length ? `${count(costs[0].before)} patients to begin with` : "");
    keyed(list, costs, (cost) => cost.at, step, ({ button, parts }, cost) => {
      button.dataset.at = cost.at;
      button.setAttribute("aria-pressed", String(cost.at === chosen));
      button.title = `Show who “${cost.label}” lost`;
      put(parts.name, cost.label);
      put(parts.left, `${count(cost.left)} left`);
      put(parts.words, cost.words);
      parts.kept.style.width = along(cost.left / Math.max(cost.before, 1));
      parts.unknown.style.width = along(cost.unknown / Math.max(cost.before, 1));
    });
  };
  return node;
}

// ---- one attribute

function lostRow() {
  const parts = Object.fromEntries(["name", "bar", "missing", "whisker", "value", "gap", "reference", "commons", "cohort", "share", "words"].map((part) => [part, make("span", { class: `wx-l-${part}` })]));
  const lost = make("td", {}, make("span", { class: "wx-lane-lost", "aria-hidden": "true" }, parts.bar, parts.missing, make("span", { class: "wx-l-all" }), parts.whisker), parts.value);
  const stands = make("td", {}, make("span", { class: "wx-lane-stands", "aria-hidden": "true" }, parts.gap, parts.reference, parts.commons, parts.cohort), parts.share);
  const row = make("tr", { tabindex: -1 }, make("th", { scope: "row" }, parts.name, parts.words), lost, stands);
  row.parts = parts;
  return row;
}

function fillRow(row, item, axis) {
  const { parts } = row;
  const end = axis / 100;
  const stands = item.missing ? `${count(item.n_cohort)} in the cohort` : `reference ${percents(item.reference)}, whole commons ${percents(item.commons)}, this cohort ${percents(item.cohort)} (${count(item.n_cohort)})`;
  put(parts.name, item.category);
  put(parts.words, `${item.category}: ${item.words}. Of patients with a value: ${stands}.`.replace(item.missing ? "Of patients with a value: " : "", ""));
  put(parts.value, item.text);
  put(parts.share, item.missing ? "" : percents(item.cohort));
  row.classList.toggle("is-missing", item.missing);
  row.classList.toggle("is-named", item.named);
  row.dataset.category = item.category;
  row.dataset.lost = item.n_lost;
  row.dataset.before = item.n_before;
  const some = item.lost !== null;
  for (const part of [parts.bar, parts.missing, parts.whisker]) part.hidden = !some;
  if (some) {
    parts.bar.style.width = along(item.lost - item.lost_missing);
    parts.missing.style.left = along(item.lost - item.lost_missing);
    parts.missing.style.width = along(item.lost_missing);
    parts.whisker.style.left = along(item.low);
    parts.whisker.style.width = along(item.high - item.low);
  }
  for (const name of ["reference", "commons", "cohort"]) {
    parts[name].hidden = item[name] === null;
    if (item[name] !== null) parts[name].style.left = along(item[name], end);
  }
  parts.gap.hidden = item.cohort === null || item.reference === null;
  if (!parts.gap.hidden) {
    const [low, high] = [item.cohort, item.reference].sort((a, b) => a - b);
    parts.gap.style.left = along(low, end);
    parts.gap.style.width = along(high - low, end);
  }
}

function lostGroup() {
  const [title, words, missing, end] = [make("th", { scope: "col" }), make("p", { class: "wx-stands-words" }), make("p", { class: "wx-small" }), make("span", {})];
  const [none, every] = [make("span", {}, "0"), make("span", {}, "100 %")];
  const [all, warnings, rows] = [make("span", { class: "wx-l-all-label" }), make("div", {}), make("tbody", {})];
  const scale = (...marks) => make("span", { class: "wx-scale", "aria-hidden": "true" }, marks);
  const head = make("thead", {}, make("tr", {}, title, make("th", { scope: "col" }, make("span", { class: "wx-hidden" }, "Share lost in this step"), scale(none, all, every)), make("th", { scope: "col" }, make("span", { class: "wx-hidden" }, "Share of patients: reference, whole commons, this cohort"), scale(make("span", {}, "0"), end))));
  const table = make("table", { class: "wx-lost" }, head, rows);
  const node = make("section", { class: "wx-lost-group" }, table, words, warnings, missing);

  // one stop for the keyboard a table; arrows go from row to row, and the row in focus tells its numbers
  table.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest("tbody tr");
    if (!step || !here) return;
    event.preventDefault();
    const next = step > 0 ? here.nextElementSibling : here.previousElementSibling;
    if (!next) return;
    [here.tabIndex, next.tabIndex] = [-1, 0];
    next.focus();
  });

  node.update = (group) => {
    const { known } = group;
    node.dataset.attribute = group.attribute;
    put(title, group.title);
    put(end, `${group.axis} %`);
    put(words, group.words);
    put(missing, group.missing);
    missing.hidden = /^0 /.test(group.missing);
    all.hidden = !known;
    if (known) {
      put(all, `known ${known.text}`);
      table.style.setProperty("--all", along(known.lost));
      table.style.setProperty("--all-label", along(Math.min(Math.max(known.lost, 0.3), 0.7)));
    }
    // the label of the line takes the place of the end of the scale that it comes near
    none.style.visibility = known && known.lost < 0.36 ? "hidden" : "";
    every.style.visibility = known && known.lost > 0.38 ? "hidden" : "";
    table.classList.toggle("is-open", !known);
    keyed(rows, group.rows, (item) => item.category, lostRow, (row, item) => fillRow(row, item, group.axis));
    if (!rows.querySelector('[tabindex="0"]') && rows.firstElementChild) rows.firstElementChild.tabIndex = 0;
    warnings.replaceChildren(...group.warnings.map((text) => make("p", { class: "wx-caution" }, text)));
  };
  return node;
}

// ---- the same as numbers

function twin() {
  const body = make("tbody", {});
  const heads = ["Group", "Before", "Lost", "Share lost", "95 % interval", "Only missing", "Reference", "Whole commons", "This cohort"];
  const table = make("table", { class: "wx-twin" }, make("caption", { class: "wx-hidden" }, "Patients lost in this step and shares of patients by group"), make("thead", {}, make("tr", {}, heads.map((text, index) => make("th", { scope: "col", class: index ? "is-number" : null }, text)))), body);
  const node = make("details", { class: "wx-more" }, make("summary", {}, "Numbers as a table"), make("div", { class: "wx-scroll", tabindex: 0, role: "region", "aria-label": "Numbers as a table" }, table));
  let panel = null;
  const line = (name, cells) => make("tr", {}, make("th", { scope: "row" }, name), cells.map((text) => make("td", { class: "is-number" }, text)));
  const exact = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)} %`);
  function fill() {
    if (!node.open || !panel) return;
    body.replaceChildren(
      ...panel.groups.flatMap((group) => [
        make("tr", { class: "is-head" }, make("th", { scope: "rowgroup", colspan: heads.length }, group.title)),
        ...(group.known ? [line("All of known value", [count(group.known.n_before), count(group.known.n_lost), exact(group.known.lost), ...Array(5).fill("")])] : []),
        ...group.rows.map((item) => {
          const some = item.lost !== null;
          const cells = some ? [count(item.n_before), count(item.n_lost), exact(item.lost), `${exact(item.low)} to ${exact(item.high)}`, count(item.n_lost_missing)] : ["0", "0", "–", "–", "–"];
          return line(item.category, [...cells, exact(item.reference), exact(item.commons), item.missing ? `${count(item.n_cohort)} patients` : `${exact(item.cohort)} (${count(item.n_cohort)})`]);
        }),
      ]),
    );
  }
  node.addEventListener("toggle", fill);
  node.update = (fresh) => {
    panel = fresh;
    fill();
  };
  return node;
}

// ---- the whole: a finding, the keys, the groups, and what stands behind the numbers

function lostPanel() {
  const [step, finding, overall] = [make("p", { class: "wx-lost-step" }), make("p", { class: "wx-finding", "aria-live": "polite" }), make("p", { class: "wx-small" })];
  const heads = make("div", { class: "wx-lost-heads", "aria-hidden": "true" }, make("p", {}, make("b", {}, "Lost in this step"), make("span", { class: "is-lost" }, "by value"), make("span", { class: "is-hatched" }, "only missing"), make("span", { class: "is-known" }, "all of known value")), make("p", {}, make("b", {}, "Against the reference"), make("span", { class: "is-reference" }, "reference"), make("span", { class: "is-commons" }, "commons"), make("span", { class: "is-cohort" }, "cohort")));
  const groups = make("div", { class: "wx-lost-groups" });
  const [source, notes, stamp, table] = [make("p", { class: "wx-small" }), make("ul", { class: "wx-notes" }), make("p", { class: "wx-caution" }), twin()];
  const method = make("details", { class: "wx-more" }, make("summary", {}, "Method and distances"), notes);
  const node = make("div", { class: "wx-who" }, step, finding, overall, heads, groups, source, stamp, table, method);
  node.update = (panel) => {
    put(step, panel.label);
    put(finding, panel.sentence.replace(/(\d) %/g, "$1\u00a0%"));
    put(overall, panel.words);
    keyed(groups, panel.groups, (group) => group.attribute, lostGroup, (each, group) => each.update(group));
    heads.hidden = !panel.groups.length;
    put(source, panel.source);
    put(stamp, panel.stamp);
    stamp.hidden = !panel.stamp;
    notes.replaceChildren(...[...panel.notes, ...panel.groups.map((group) => group.method)].map((text) => make("li", {}, text)));
    table.update(panel);
    node.dataset.step = panel.step;
  };
  return node;
}
