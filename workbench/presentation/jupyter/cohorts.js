// Draws the public cohort page: every bar is a criterion. The house, the parts that pages share and cohorts_tables.js stand before.

const FEW_BARS = 8;
const MOST_WAYS = 3; // to see what is not published with the criteria
const MOST_SETS = 12; // of attributes, to be listed
const HIDDEN = "hidden";
const WHY_HIDDEN = "hidden, so that no count of 1–10 patients can be worked out; it may be large";
const PROTECTED = "Counts of 1–10 patients, and those that would give them away, are hidden.";
const counted = (n) => n.toLocaleString("en-US");
const shareOf = (share) => (share > 0 && share < 0.005 ? "< 1\u00a0%" : share < 1 && share > 0.995 ? "> 99\u00a0%" : `${Math.round(share * 100)}\u00a0%`);
const isExact = (sum) => sum.hidden === 0;

// a number as it may be said: exact, at least, or not at all
function told(sum) {
  if (isExact(sum)) return counted(sum.n);
  return sum.n ? `at least ${counted(sum.n)}` : HIDDEN;
}

const isTold = (sum) => sum.n > 0 || isExact(sum);
const patientsTold = (sum) => (isTold(sum) ? `${told(sum)} ${sum.n === 1 ? "patient" : "patients"}` : HIDDEN);

// keeps the nodes that stay, so that the focus survives
function arranged(parent, items, keyOf, create, update) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const node = known.get(key) ?? create(item);
    known.delete(key);
    node.dataset.key = key;
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of known.values()) node.remove();
}

// ---- criteria, as they stand in the address

function criteriaOf(page, tables, fields) {
  const [chosen, left] = [{}, []];
  for (const { name, several } of page.attributes) {
    const asked = [fields[name] ?? []].flat();
    const known = tables.categories[name].filter((value) => asked.includes(value));
    const values = several ? known.slice(0, 1) : known;
    if (asked.length > values.length) left.push(name);
    if (!values.length) continue;
    if (tables.isTogether([...Object.keys(chosen), name])) chosen[name] = values;
    else left.push(name);
  }
  return { chosen, left };
}

const criterionText = (page, [name, values]) => `${titleOf(page, name)}: ${values.join(", ")}`;
const titleOf = (page, name) => page.attributes.find((attribute) => attribute.name === name).title;
const listed = (words, and = "and") => words.join(", ").replace(/, ([^,]*)$/, ` ${and} $1`);
const allTitles = (page, names) => listed(names.map((name) => titleOf(page, name)));

// ---- what can be asked together: known before anybody runs out of it

// the sets of attributes that are in one table, without those that a larger one holds
function largestSets(page) {
  const sets = page.published.tables.map(({ by }) => by).filter((by) => by.length > 1);
  return sets.filter((by) => !sets.some((other) => other.length > by.length && by.every((name) => other.includes(name))));
}

function togetherPart(page) {
  const sets = largestSets(page);
  const most = Math.max(1, ...sets.map((by) => by.length));
  const said = most === 1 ? "One attribute can be asked at a time." : `Up to ${most} attributes can be combined.`;
  if (!sets.length || sets.length > MOST_SETS) return make("p", { class: "wc-note wc-sets" }, said);
  const why = page.suppressed ? "Finer tables would tell about a few patients, so they are not published." : "";
  const ordered = sets.sort((a, b) => b.length - a.length).map((by) => page.attributes.map(({ name }) => name).filter((name) => by.includes(name)));
  return make("details", { class: "wc-sets" }, make("summary", {}, said.replace(/\.$/, ""), ": which?"), make("ul", {}, ordered.map((by) => make("li", {}, allTitles(page, by)))), why ? make("p", { class: "wc-note" }, why) : null);
}

// the fewest criteria to drop so that an attribute can be seen: every set of that size
function waysTo(tables, name, names) {
  for (let size = 1; size <= names.length; size += 1) {
    const ways = subsets(names, size).filter((gone) => tables.isTogether([...names.filter((each) => !gone.includes(each)), name]));
    if (ways.length) return ways;
  }
  return [];
}

const subsets = (names, size) => (size === 0 ? [[]] : names.flatMap((name, at) => subsets(names.slice(at + 1), size - 1).map((rest) => [name, ...rest])));

// ---- what is tapped stays where it is in the window, whatever grows or shrinks above it

function steady(node, change) {
  const top = node?.getBoundingClientRect().top;
  change();
  if (!node) return;
  const settle = () => {
    const moved = node.isConnected && !node.hidden ? node.getBoundingClientRect().top - top : 0;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
  };
  settle();
  requestAnimationFrame(settle);
}

// ---- a panel: one attribute, a bar for each category

function sortedBars(bars, attribute) {
  if (attribute.ordered) return bars;
  const rank = (bar) => (bar.missing ? 3 : bar.hidden && !bar.n ? 1 : bar.n ? 0 : 2);
  return [...bars].sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? b.n - a.n : 0));
}

// a group of nobody is drawn where nobody at all is in it: an absent group is a finding
const drawnBars = (bars, attribute, narrowed) => sortedBars(bars, attribute).filter((bar) => bar.n || bar.hidden || bar.on || (!narrowed && !attribute.several));

function barButton(act) {
  const parts = { label: make("span", { class: "wc-label" }), n: make("span", { class: "wc-n" }), share: make("span", { class: "wc-share" }), fill: make("span", { class: "wc-fill" }), all: make("span", { class: "wc-all" }) };
  const node = make("button", { type: "button", class: "wc-bar" }, parts.label, parts.n, parts.share, make("span", { class: "wc-track" }, parts.fill, parts.all));
  node.addEventListener("click", () => act(node.dataset.key, node));
  return Object.assign(node, { parts });
}

function fillBar(node, bar, { whole, scale, before, narrowed }) {
  const { label, n, share, fill, all } = node.parts;
  const isShown = isTold(bar);
  const part = whole && isExact(whole) && isExact(bar) && whole.n ? bar.n / whole.n : null;
  label.textContent = bar.value;
  n.textContent = told(bar);
  share.textContent = part === null ? "" : shareOf(part);
  node.dataset.n = isExact(bar) ? String(bar.n) : "";
  node.disabled = isExact(bar) && !bar.n && !bar.on; // nobody to choose
  node.setAttribute("aria-pressed", String(bar.on));
  node.setAttribute("aria-label", `${bar.value}: ${patientsTold(bar)}${part === null ? "" : `, ${shareOf(part)}`}${narrowed && before !== null ? ` (${shareOf(before)} of all patients)` : ""}`);
  node.classList.toggle("is-missing", bar.missing);
  node.classList.toggle("is-hidden", !isShown);
  node.classList.toggle("is-least", isShown && !isExact(bar));
  fill.style.width = isShown ? `${scale ? Math.max((100 * bar.n) / scale, bar.n ? 0.8 : 0) : 0}%` : "";
  all.hidden = !narrowed || before === null || part === null;
  all.style.left = all.hidden ? "" : `${Math.min(99.6, (100 * before * whole.n) / scale)}%`;
}

function pictured(bars) {
  const values = bars.map((bar) => ({ group: bar.value, n: bar.n, said: told(bar), kind: bar.missing ? "missing" : "known" }));
  const y = { field: "group", type: "nominal", sort: null, axis: { title: null, labelLimit: 220, domain: false, ticks: false } };
  const x = { field: "n", type: "quantitative", axis: { title: "patients", grid: true, tickCount: 5 } };
  const color = { field: "kind", type: "nominal", legend: null, scale: { domain: ["known", "missing"], range: ["#0b5c8a", "#8b949e"] } };
  return {
    width: "container",
    height: { step: 22 },
    data: { values },
    encoding: { y },
    layer: [
      { mark: { type: "bar", height: 14 }, encoding: { x, color } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 12 }, encoding: { x: { field: "n", type: "quantitative" }, text: { field: "said" } } },
    ],
    config: { view: { stroke: null } },
  };
}

function tableOf(attribute, bars, whole) {
  const part = (bar) => (whole && isExact(whole) && isExact(bar) && whole.n ? Number((bar.n / whole.n).toFixed(4)) : null);
  const rows = bars.map((bar) => [bar.value, isExact(bar) ? bar.n : null, part(bar), isExact(bar) ? "" : told(bar)]);
  return { columns: [attribute.name, "n_patients", "fraction", "note"], rows };
}

function panel(page, attribute, act) {
  const [note, next, rows, why] = [make("p", { class: "wc-note" }), make("p", { class: "wc-note wc-next" }), make("div", { class: "wc-bars", role: "group", "aria-label": attribute.title }), make("div", { class: "wc-why" })];
  const clear = make("button", { type: "button", class: "wc-link", "aria-label": `Clear ${attribute.title}` }, "Clear");
  const more = make("button", { type: "button", class: "wc-link wc-more", "aria-expanded": "false" });
  const figure = { id: attribute.name, title: attribute.title };
  const twin = make("details", { class: "wb-table" }, make("summary", {}, "Table"), make("div", {}));
  const tools = make("div", { class: "wb-more" }, twin, figureTools(Object.assign(figure, { spec: {}, table: { columns: [], rows: [] } }), { ...page, home: "" }));
  const node = make("section", { class: "wc-panel", "data-panel": attribute.name, "aria-labelledby": `wc-${attribute.name}` }, make("div", { class: "wc-head" }, make("h3", { id: `wc-${attribute.name}` }, attribute.title), clear), note, next, rows, more, why, tools);
  let [isOpen, last] = [false, null];

  clear.addEventListener("click", () => act.drop([attribute.name], node));
  more.addEventListener("click", () => {
    isOpen = !isOpen;
    node.update(last);
  });
  twin.addEventListener("toggle", () => writeTable());

  function writeTable() {
    if (!twin.open || !figure.table.rows.length) return;
    const scroll = { class: "wb-scroll", tabindex: "0", role: "region", "aria-label": `Table: ${attribute.title}` };
    twin.lastChild.replaceChildren(make("div", scroll, plainTable(figure.table)));
  }

  function refuse({ chosen, ways, titles }) {
    const sentence = page.suppressed
      ? `Not published together with ${titles}: a table as fine as that would tell about a few patients.`
      : `Not published together with ${titles}: the tables of this page have no more than these attributes at once.`;
    const drop = (names) => `Drop ${listed(names.map((name) => criterionText(page, [name, chosen[name]])))}`;
    const buttons = ways.slice(0, MOST_WAYS).map((names) => make("button", { type: "button", class: "wb-button", onclick: () => act.drop(names, node) }, drop(names)));
    why.replaceChildren(make("p", {}, sentence), make("p", { class: "wc-note" }, "To see it:"), make("div", { class: "wc-ways" }, buttons));
  }

  node.update = (view) => {
    last = view;
    const { bars, whole, before, narrowed } = view;
    for (const part of [rows, tools, note, next]) part.hidden = !bars;
    node.classList.toggle("is-apart", !bars);
    why.hidden = Boolean(bars);
    clear.hidden = !view.chosen[attribute.name];
    more.hidden = true;
    if (!bars) return refuse(view);
    const shown = drawnBars(bars, attribute, narrowed);
    const few = attribute.ordered || shown.length <= FEW_BARS + 2 ? shown : shown.filter((bar, at) => at < FEW_BARS || bar.on || bar.missing);
    const visible = isOpen ? shown : few;
    const parts = whole && isExact(whole) ? shown.map(({ value }) => (before.get(value) ?? 0) * whole.n) : [];
    const scale = Math.max(...shown.map(({ n }) => n), ...(narrowed ? parts : []), 0);
    note.replaceChildren(shown.length ? view.note : "Nobody meets the other criteria.", ...(narrowed && whole && isExact(whole) && shown.length ? [" ", make("span", { class: "wc-key is-all" }, "share among all patients")] : []));
    arranged(rows, visible, ({ value }) => value, () => barButton((value, bar) => act.toggle(attribute, value, bar)), (bar, item) => fillBar(bar, item, { whole, scale, narrowed, before: before.has(item.value) ? before.get(item.value) : null }));
    next.textContent = view.next;
    next.hidden = !view.next || !shown.length;
    more.hidden = shown.length === few.length;
    more.textContent = isOpen ? "Show fewer" : `Show all ${shown.length}`;
    more.setAttribute("aria-expanded", String(isOpen));
    Object.assign(figure, { title: `${attribute.title} of the patients`, subtitle: view.words, footnote: page.suppressed ? PROTECTED : attribute.several ? "A patient may be in several groups." : "", spec: pictured(shown), table: tableOf(attribute, shown, whole) });
    writeTable();
  };
  return node;
}

function plainTable({ columns, rows }) {
  const cell = (tag, value, at) => make(tag, { class: at === 1 || at === 2 ? "wb-number" : null, scope: tag === "th" ? "col" : null }, shown(value, columns[at]));
  return make("table", {}, make("thead", {}, make("tr", {}, columns.map((name, at) => cell("th", name, at)))), make("tbody", {}, rows.map((row) => make("tr", {}, row.map((value, at) => cell("td", value, at))))));
}

// ---- the answer: how many, of whom, and the ways on

function answerPart(page, act) {
  const [number, of, share, fill] = [make("span", { class: "wc-number" }), make("p", { class: "wc-of" }), make("span", {}), make("span", { class: "wc-fill" })];
  const chips = make("ul", { class: "wc-chips", "aria-label": "Criteria" });
  const hint = make("p", { class: "wc-hint" }, "Choose a bar below: it becomes a criterion", make("span", {}, ", and every other panel is counted anew"), ".");
  const none = make("button", { type: "button", class: "wb-button", onclick: () => act.nothing() }, "Clear all");
  const note = (page.groups?.[0]?.tiles[0].note ?? "").trim();
  const csv = make("button", { type: "button", class: "wb-button", onclick: () => act.csv() }, "Download what is shown (CSV)");
  const status = make("p", { class: "wc-status", role: "status" });
  const node = make(
    "section",
    { class: "wc-answer", "aria-label": "Patients who meet the criteria" },
    make("div", { class: "wc-said" }, make("p", { class: "wc-figure", "aria-live": "polite" }, number, " ", share), make("span", { class: "wc-track", "aria-hidden": "true" }, fill), of),
    make("div", { class: "wc-asked" }, hint, chips),
  );
  const below = make("div", { class: "wc-below" }, status, make("div", { class: "wc-do" }, none, copyButton(hashState.address, "Copy link to this view"), csv), note ? make("p", { class: "wc-whom" }, note) : null);
  node.update = ({ answer, all, chosen, left }) => {
    const entries = Object.entries(chosen);
    number.textContent = told(answer);
    number.classList.toggle("is-words", !answer.n && !isExact(answer));
    number.dataset.value = isExact(answer) ? String(answer.n) : "";
    share.textContent = answer.n || isExact(answer) ? (answer.n === 1 ? "patient" : "patients") : "";
    const part = isExact(answer) && isExact(all) && all.n ? answer.n / all.n : null;
    fill.style.width = part === null ? "0" : `${100 * part}%`;
    const whole = make("span", { "data-tile": "patients.patients", "data-value": isExact(all) ? String(all.n) : "" }, told(all));
    of.replaceChildren(...(entries.length ? [part === null ? "of " : `${shareOf(part)} of `, whole, " in all"] : ["in all"]));
    if (!entries.length) of.querySelector("[data-tile]") ?? number.setAttribute("data-tile", "patients.patients");
    else number.removeAttribute("data-tile");
    hint.hidden = Boolean(entries.length);
    none.hidden = !entries.length;
    arranged(chips, entries, ([name]) => name, () => make("li", {}), (item, entry) => {
      const text = criterionText(page, entry);
      item.replaceChildren(make("button", { type: "button", class: "wc-chip", "aria-label": `Remove the criterion ${text}`, onclick: () => act.clear({ name: entry[0] }) }, make("span", {}, text), make("span", { "aria-hidden": "true" }, "×")));
    });
    status.textContent = left.length ? `Left out of this link, because the page does not publish it so: ${allTitles(page, left)}.` : "";
  };
  return Object.assign(node, { below });
}

// ---- the same people in a notebook

// Why the code counts others than this page; it stands beside the code and in it.
function differences(page, chosen) {
  const told = chosen.age_group || (chosen.body_region && page.code.acquired) ? ["This code can count more or fewer patients than the page."] : [];
  if (chosen.age_group) told.push("A cohort asks the age at each study; this page counts a patient by the age at the earliest study with an age.");
  if (chosen.body_region && page.code.acquired) told.push("A cohort adds the regions that include the one you ask for, such as Chest and Abdomen for Chest.");
  if (page.suppressed) told.push("Your own copy: its exact counts are yours to protect.");
  if (page.suppressed && Object.values(chosen).flat().some((value) => value.includes(" + "))) told.push("A combination such as CT + DX is no value of a cohort: ask for each of its parts.");
  return told;
}

function pythonOf(page, chosen) {
  const quoted = (value) => JSON.stringify(value);
  const written = (values) => (values.length === 1 ? quoted(values[0]) : `[${values.map(quoted).join(", ")}]`);
  const { source, exclude, acquired } = page.code;
  const several = page.attributes.filter(({ name, several: is }) => is && chosen[name]).length;
  const steps = [];
  const plain = Object.entries(chosen).map(([name, values]) => `${name}=${written(values)}`);
  if (several && acquired) plain.push("derived=False");
  for (const [name, values] of Object.entries(exclude)) steps.push(`.exclude(${name}=${written(values)})`);
  if (plain.length) steps.push(`.where(${plain.join(", ")})`);
  const chain = steps.length ? `(\n    commons${steps.join("\n    ")}\n)` : "commons.everything";
  const opened = source ? `wb.open_catalog(${quoted(source)})` : 'wb.open_catalog("PATH OF YOUR COPY")';
  return [`import workbench as wb\n`, `commons = ${opened}`, ...differences(page, chosen).map((text) => `# ${text}`), `cohort = ${chain}`, `cohort.counts["patients"]`].join("\n");
}

function notebookPart(page) {
  const code = make("pre", { tabindex: "0", "aria-label": "Python" }, make("code", { "data-plain": "" }));
  const differs = make("p", { class: "wc-note wc-differs", hidden: true });
  const node = make("details", { class: "wc-code" }, make("summary", {}, "Open in your notebook"), make("p", { class: "wc-note" }, "The same criteria with this package, where you can also list and download the images."), differs, code, copyButton(() => code.textContent, "Copy the code"));
  node.update = ({ chosen }) => {
    const told = differences(page, chosen);
    code.firstChild.textContent = pythonOf(page, chosen);
    differs.hidden = !told.length;
    differs.textContent = told.join(" ");
  };
  return node;
}

// ---- the page

function explorer(page) {
  const tables = lookUp(page);
  const all = tables.answer({});
  const before = new Map(page.attributes.map(({ name, several }) => {
    const bars = tables.groups(name, {});
    return [name, new Map(isExact(all) ? bars.filter(isExact).map(({ value, n }) => [value, n / all.n]) : [])];
  }));
  const read = () => criteriaOf(page, tables, hashState.get());
  const inSight = () => panels.map(([, each]) => each).find((each) => each.getBoundingClientRect().bottom > top.getBoundingClientRect().bottom);
  const write = (fields, kept = inSight()) => {
    hashState.set(fields, { step: true });
    steady(kept, show);
  };
  const act = {
    toggle({ name, several }, value, bar) {
      const now = read().chosen[name] ?? [];
      const next = now.includes(value) ? now.filter((each) => each !== value) : several ? [value] : [...now, value];
      write({ [name]: next.length === tables.categories[name].length ? [] : next }, bar);
    },
    drop: (names, kept) => write(Object.fromEntries(names.map((name) => [name, []])), kept),
    clear: ({ name }) => write({ [name]: [] }),
    nothing: () => write(Object.fromEntries(page.attributes.map(({ name }) => [name, []]))),
    csv: () => download("cohort.csv", asCsv(everythingShown())),
  };
  const top = answerPart(page, act);
  const panels = page.attributes.map((attribute) => [attribute, panel(page, attribute, act)]);
  const code = notebookPart(page);
  const legend = make("p", { class: "wc-legend" });
  const node = make("div", { class: "wc" }, top, top.below, togetherPart(page), legend, make("div", { class: "wc-panels" }, panels.map(([, each]) => each)), code);

  function viewOf(attribute, { chosen, left }) {
    const names = Object.keys(chosen);
    const { [attribute.name]: own, ...others } = chosen;
    const otherNames = Object.keys(others);
    const [whole, narrowed] = [tables.answer(others), otherNames.length > 0];
    const criteria = otherNames.map((name) => criterionText(page, [name, chosen[name]])).join("; ");
    const bars = tables.groups(attribute.name, chosen);
    const ways = bars ? [] : waysTo(tables, attribute.name, otherNames);
    const rest = page.attributes.map(({ name }) => name).filter((name) => name !== attribute.name && !chosen[name]);
    const further = rest.filter((name) => tables.isTogether([...otherNames, attribute.name, name]));
    const next = !rest.length || further.length === rest.length ? "" : further.length ? `Can then be combined with ${listed(further.map((name) => titleOf(page, name)), "or")}.` : "No further attribute can be added to it.";
    const words = narrowed ? `${whole && isTold(whole) ? patientsTold(whole) : "Patients (how many is hidden)"} with ${criteria}` : `All ${isTold(all) ? patientsTold(all) : "patients"}`;
    const several = attribute.several ? " A patient may be in several groups: choose one." : "";
    const base = !narrowed ? `Of ${isTold(all) ? patientsTold(all) : "all patients"}.` : whole && isTold(whole) ? `Of ${patientsTold(whole)} with ${criteria}.` : `With ${criteria}; how many they are is hidden.`;
    const apart = own ? ` Its own criterion (${own.join(", ")}) does not narrow this panel, so that you see what it leaves out.` : "";
    const note = `${base}${apart}${several}`;
    return { chosen, left, names, whole, narrowed, ways, next, words, bars, note, titles: allTitles(page, otherNames), before: before.get(attribute.name) };
  }

  function everythingShown() {
    const state = read();
    const rows = panels.flatMap(([attribute]) => {
      const { bars, whole, narrowed } = viewOf(attribute, state);
      return bars ? tableOf(attribute, drawnBars(bars, attribute, narrowed), whole).rows.map((row) => [attribute.name, ...row]) : [];
    });
    const asked = Object.entries(state.chosen).map((entry) => criterionText(page, entry)).join("; ") || "all patients";
    const sum = tables.answer(state.chosen);
    return { columns: ["attribute", "value", "n_patients", "fraction", "note", "criteria"], rows: [["everyone", "", isExact(sum) ? sum.n : null, null, isExact(sum) ? "" : told(sum)], ...rows].map((row) => [...row, asked]) };
  }

  function show() {
    const state = read();
    const answer = tables.answer(state.chosen);
    const narrowed = Object.keys(state.chosen).length > 0;
    top.update({ ...state, answer, all });
    code.update(state);
    legend.replaceChildren(
      ...[
        make("span", { class: "wc-key is-missing" }, "not known"),
        page.suppressed ? make("span", { class: "wc-key is-hidden" }, WHY_HIDDEN) : null,
        narrowed ? make("span", { class: "wc-key is-all" }, "share among all patients") : null,
      ].filter(Boolean),
    );
    for (const [attribute, each] of panels) each.update(viewOf(attribute, state));
  }
  show();
  return { node, leave: hashState.listen(show) };
}

function render({ model, el }) {
  let leave = () => {};
  function show() {
    leave();
    const page = model.get("page");
    if (!page?.published && !page?.problem) {
      el.replaceChildren(make("p", { class: "wb-page wb-state" }, "The numbers for this page could not be read."));
      return;
    }
    const drawn = page.published ? explorer(page) : { node: "", leave: () => {} };
    const root = make("main", { class: "wb-page", "data-ready": "false" }, header(page), drawn.node, closing(page));
    const house = shell.frame(page, root);
    el.replaceChildren(house.node);
    root.dataset.firstFigureMs = String(Math.round(performance.now()));
    root.dataset.ready = "true";
    leave = () => {
      drawn.leave();
      house.stop();
    };
  }
  model.on("change:page", show);
  show();
  return () => {
    leave();
    model.off("change:page", show);
  };
}

export default { render };
