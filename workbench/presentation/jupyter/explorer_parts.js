// The pieces of the cohort explorer: each makes its nodes once and is told what changed. `explorer.js` follows this text.

const SVG = "http://www.w3.org/2000/svg";
const COUNT = new Intl.NumberFormat("en-US");

function make(tag, attributes = {}, ...children) {
  const node = ["svg", "g", "rect", "text", "line", "path", "title", "circle"].includes(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const count = (n) => COUNT.format(n);

// 1,384,211 on an axis is 1.4M; the exact number stands beside its bar
function short(n) {
  if (n >= 1e6) return `${(n / 1e6).toFixed(n >= 1e7 ? 0 : 1).replace(/\.0$/, "")}M`;
  if (n >= 1e4) return `${Math.round(n / 1e3)}k`;
  if (n >= 1e3) return `${(n / 1e3).toFixed(1).replace(/\.0$/, "")}k`;
  return String(n);
}

function size(gigabytes) {
  if (gigabytes >= 1000) return [(gigabytes / 1000).toFixed(gigabytes >= 1e5 ? 0 : 1), "TB"];
  if (gigabytes >= 10) return [count(Math.round(gigabytes)), "GB"];
  return gigabytes >= 1 ? [gigabytes.toFixed(1), "GB"] : [count(Math.round(gigabytes * 1000)), "MB"];
}

// Moves children into the wanted order and keeps those that stay, so that focus and transitions survive a repaint.
function keyed(parent, items, key, create, update) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let node = known.get(name);
    known.delete(name);
    if (!node) {
      node = create(item);
      node.dataset.key = name;
    }
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of known.values()) node.remove();
}

// ---- a facet: every bar is a button that filters

function facetCard(send) {
  const heading = make("h3", {});
  const clear = make("button", { type: "button", class: "wx-link" }, "Clear");
  const rows = make("div", { class: "wx-bars", role: "group" });
  const more = make("button", { type: "button", class: "wx-link wx-more" });
  const node = make("section", { class: "wx-facet" }, make("div", { class: "wx-facet-head" }, heading, clear), rows, more);
  clear.addEventListener("click", () => send({ do: "clear", attribute: node.dataset.attribute }));
  more.addEventListener("click", () => send({ do: "more", attribute: node.dataset.attribute }));

  function bar() {
    const [label, number] = [make("span", { class: "wx-label" }), make("span", { class: "wx-n" })];
    const fill = make("span", { class: "wx-fill" });
    const button = make("button", { type: "button", class: "wx-bar" }, label, number, make("span", { class: "wx-track" }, fill));
    button.addEventListener("click", () =>
      send({ do: "toggle", attribute: node.dataset.attribute, value: button.dataset.value }),
    );
    button.parts = { label, number, fill };
    return button;
  }

  function fillBar(button, value, facet, largest) {
    const { label, number, fill } = button.parts;
    button.dataset.value = value.value;
    button.dataset.n = value.n;
    button.setAttribute("aria-pressed", String(value.on));
    button.classList.toggle("is-missing", value.missing);
    button.title = value.hint ?? "";
    button.setAttribute("aria-label", `${value.label}: ${count(value.n)} ${facet.unit}`);
    put(label, value.label);
    put(number, count(value.n));
    fill.style.transform = `scaleX(${largest ? Math.max(value.n / largest, value.n ? 0.006 : 0) : 0})`;
  }

  node.update = (facet) => {
    node.dataset.attribute = facet.attribute;
    node.dataset.facet = facet.attribute;
    put(heading, facet.title);
    rows.setAttribute("aria-label", facet.title);
    const active = facet.values.some((value) => value.on);
    node.classList.toggle("is-active", active);
    clear.hidden = !active;
    clear.setAttribute("aria-label", `Clear ${facet.title}`);
    const largest = Math.max(0, ...facet.values.map((value) => value.n));
    keyed(rows, facet.values, (value) => value.value, bar, (button, value) => fillBar(button, value, facet, largest));
    more.hidden = !facet.hidden && !facet.expanded;
    put(more, facet.expanded ? "Show fewer" : `Show ${count(facet.hidden)} more`);
    more.setAttribute("aria-expanded", String(facet.expanded));
  };
  return node;
}

// ---- a range: a histogram and two thumbs on one track

function rangeCard(send) {
  const heading = make("h3", {});
  const clear = make("button", { type: "button", class: "wx-link" }, "Clear");
  const reading = make("output", { class: "wx-reading" });
  const bins = make("div", { class: "wx-bins", "aria-hidden": "true" });
  const [low, high] = [make("input", { type: "range", step: 1 }), make("input", { type: "range", step: 1 })];
  const between = make("div", { class: "wx-between" });
  const track = make("div", { class: "wx-slider" }, between, low, high);
  const note = make("p", { class: "wx-small" });
  const node = make("section", { class: "wx-facet wx-range" }, make("div", { class: "wx-facet-head" }, heading, clear), reading, bins, track, note);
  let range = null;

  // positions are steps of a scale that Python made: years for ages, half orders of magnitude for sizes
  function draw() {
    const [from, to, last] = [Number(low.value), Number(high.value), range.stops.length - 1];
    between.style.left = `${(100 * from) / last}%`;
    between.style.right = `${100 - (100 * to) / last}%`;
    const open = from === 0 && to === last;
    put(reading, open ? `Any ${range.noun}` : `${range.stops[from]} to ${range.stops[to]} ${range.unit}`);
    for (const [thumb, at] of [[low, from], [high, to]]) thumb.setAttribute("aria-valuetext", `${range.stops[at]} ${range.unit}`);
    [...bins.children].forEach((bin, index) => {
      const middle = ((index + 0.5) * last) / bins.children.length;
      bin.classList.toggle("is-out", middle < from || middle > to);
    });
  }
  function moved(event) {
    if (Number(low.value) > Number(high.value)) event.target.value = event.target === low ? high.value : low.value;
    draw();
    if (event.target.matches(":active")) send.dragging(chosen());
  }
  const chosen = () => ({ do: "range", attribute: range.attribute, low: Number(low.value), high: Number(high.value) });
  const settled = () => send(chosen());
  for (const thumb of [low, high]) {
    thumb.addEventListener("input", moved);
    thumb.addEventListener("change", settled);
  }
  clear.addEventListener("click", () => send({ do: "clear", attribute: range.attribute }));

  node.update = (fresh) => {
    range = fresh;
    node.dataset.range = range.attribute;
    put(heading, range.title);
    put(note, range.note);
    const last = range.stops.length - 1;
    for (const [thumb, name, at] of [[low, "from", range.low], [high, "to", range.high]]) {
      thumb.max = last;
      thumb.setAttribute("aria-label", `${range.title}, ${name}`);
      if (document.activeElement !== thumb || !thumb.matches(":active")) thumb.value = at;
    }
    clear.hidden = range.low === 0 && range.high === last;
    const largest = Math.max(1, ...range.bins);
    keyed(bins, range.bins.map((n, index) => ({ n, index })), (bin) => bin.index, () => make("span", {}), (bin, { n }) => {
      bin.style.height = `${n ? Math.max(4, (100 * n) / largest) : 0}%`;
    });
    draw();
  };
  return node;
}

// ---- age × sex pyramid with a brush over the ages

function pyramid(send) {
  const [ROW, MIDDLE, WIDTH, TOP] = [22, 54, 460, 22];
  const picture = make("svg", { class: "wx-pyramid", role: "group", preserveAspectRatio: "xMinYMin meet" });
  const node = make("div", { class: "wx-chart" }, picture);
  let [data, rows, brush] = [null, [], null];

  const half = () => (WIDTH - MIDDLE) / 2;
  const rowAt = (event) => {
    const box = picture.getBoundingClientRect();
    const y = ((event.clientY - box.top) * (TOP + ROW * data.bands.length)) / box.height - TOP;
    return Math.min(data.bands.length - 1, Math.max(0, Math.floor(y / ROW)));
  };
  function show(from, to) {
    rows.forEach((row, index) => row.classList.toggle("is-brushed", index >= Math.min(from, to) && index <= Math.max(from, to)));
  }
  function chosen(from, to) {
    const ends = [data.bands[from].start, data.bands[to].start].sort((a, b) => a - b);
    return { do: "ages", low: ends[0], high: ends[1] };
  }
  const settle = (from, to) => send(chosen(from, to));
  picture.addEventListener("pointerdown", (event) => {
    if (!data?.bands.length || event.button) return;
    event.preventDefault();
    const at = rowAt(event);
    brush = { from: at, to: at };
    picture.setPointerCapture(event.pointerId);
    node.classList.add("is-brushing");
    show(at, at);
  });
  picture.addEventListener("pointermove", (event) => {
    const to = brush ? rowAt(event) : null;
    if (to === null || to === brush.to) return;
    brush = { from: brush.from, to, moved: true };
    show(brush.from, brush.to);
    send.dragging(chosen(brush.from, brush.to));
  });
  const drop = (event) => {
    if (!brush) return;
    const { from, to, moved } = brush;
    brush = null;
    node.classList.remove("is-brushing");
    show(-1, -2);
    if (event.type === "pointerup") settle(from, to);
    else if (moved) send({ do: "let_go" });
  };
  picture.addEventListener("pointerup", drop);
  picture.addEventListener("pointercancel", drop);

  node.update = (fresh) => {
    data = fresh;
    const largest = Math.max(1, ...data.bands.flatMap((band) => [band.female, band.male]));
    const height = TOP + ROW * data.bands.length;
    picture.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    picture.setAttribute("aria-label", data.words);
    rows = data.bands.map((band, index) => {
      const y = TOP + index * ROW;
      const [left, right] = [half(), half() + MIDDLE];
      const room = half() - 44;
      const [female, male] = [(band.female / largest) * room, (band.male / largest) * room];
      const words = `${band.label} years: ${count(band.female)} female, ${count(band.male)} male${band.other ? `, ${count(band.other)} of other or unknown sex` : ""}`;
      const row = make(
        "g",
        { class: `wx-age${band.on ? " is-on" : ""}`, tabindex: 0, role: "button", "aria-pressed": String(band.on && data.narrowed), "aria-label": words, "data-band": band.start },
        make("title", {}, words),
        make("rect", { class: "wx-hit", x: 0, y, width: WIDTH, height: ROW }),
        make("rect", { class: "wx-female", x: left - female, y: y + 3, width: Math.max(female, band.female ? 1 : 0), height: ROW - 6, rx: 1.5 }),
        make("rect", { class: "wx-male", x: right, y: y + 3, width: Math.max(male, band.male ? 1 : 0), height: ROW - 6, rx: 1.5 }),
        make("text", { class: "wx-band", x: WIDTH / 2, y: y + ROW / 2, "text-anchor": "middle", dy: "0.35em" }, band.label),
        make("text", { class: "wx-value", x: left - female - 5, y: y + ROW / 2, "text-anchor": "end", dy: "0.35em" }, band.female ? short(band.female) : ""),
        make("text", { class: "wx-value", x: right + male + 5, y: y + ROW / 2, dy: "0.35em" }, band.male ? short(band.male) : ""),
      );
      row.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        settle(index, index);
      });
      return row;
    });
    const focused = picture.contains(document.activeElement) ? document.activeElement.dataset.band : null;
    picture.replaceChildren(
      make("text", { class: "wx-axis", x: half() - 4, y: 12, "text-anchor": "end" }, "Female"),
      make("text", { class: "wx-axis", x: half() + MIDDLE + 4, y: 12 }, "Male"),
      make("text", { class: "wx-axis is-quiet", x: WIDTH / 2, y: 12, "text-anchor": "middle" }, "years"),
      ...rows,
    );
    if (focused !== null) picture.querySelector(`[data-band="${focused}"]`)?.focus();
    node.classList.toggle("is-narrowed", data.narrowed);
    if (brush) show(brush.from, brush.to);
  };
  return node;
}

// ---- modality columns with a brush

function columns(send) {
  const [HEIGHT, TOP, BOTTOM, WIDTH] = [220, 20, 26, 460];
  const picture = make("svg", { class: "wx-columns", role: "group", viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  const node = make("div", { class: "wx-chart" }, picture);
  let [data, marks, brush] = [null, [], null];

  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const position = Math.floor(((event.clientX - box.left) / box.width) * marks.length);
    return Math.min(marks.length - 1, Math.max(0, position));
  };
  const show = (from, to) =>
    marks.forEach((mark, index) => mark.classList.toggle("is-brushed", index >= Math.min(from, to) && index <= Math.max(from, to)));
  picture.addEventListener("pointerdown", (event) => {
    if (!marks.length || event.button) return;
    event.preventDefault();
    brush = { from: at(event), to: at(event) };
    picture.setPointerCapture(event.pointerId);
    node.classList.add("is-brushing");
    show(brush.from, brush.to);
  });
  const within = () => {
    const [from, to] = [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)];
    return data.values.slice(from, to + 1).map((value) => value.value);
  };
  picture.addEventListener("pointermove", (event) => {
    const to = brush ? at(event) : null;
    if (to === null || to === brush.to) return;
    brush = { from: brush.from, to, moved: true };
    show(brush.from, brush.to);
    send.dragging({ do: "set", attribute: data.attribute, values: within() });
  });
  const drop = (event) => {
    if (!brush) return;
    const [values, moved] = [within(), brush.moved];
    brush = null;
    node.classList.remove("is-brushing");
    show(-1, -2);
    if (event.type !== "pointerup") {
      if (moved) send({ do: "let_go" });
      return;
    }
    send(values.length === 1 ? { do: "toggle", attribute: data.attribute, value: values[0] } : { do: "set", attribute: data.attribute, values });
  };
  picture.addEventListener("pointerup", drop);
  picture.addEventListener("pointercancel", drop);

  node.update = (fresh) => {
    data = fresh;
    const largest = Math.max(1, ...data.values.map((value) => value.n));
    const step = WIDTH / Math.max(data.values.length, 1);
    const wide = Math.min(step * 0.68, 46);
    const active = data.values.some((value) => value.on);
    const focused = picture.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    marks = data.values.map((value, index) => {
      const tall = value.n ? Math.max(1.5, ((HEIGHT - TOP - BOTTOM) * value.n) / largest) : 0;
      const x = index * step + step / 2;
      const mark = make(
        "g",
        { class: `wx-column${value.missing ? " is-missing" : ""}${value.on ? " is-on" : ""}`, tabindex: 0, role: "button", "aria-pressed": String(value.on), "aria-label": `${value.label}: ${count(value.n)} ${data.unit}`, "data-value": value.value },
        make("title", {}, `${value.label}: ${count(value.n)} ${data.unit}`),
        make("rect", { class: "wx-hit", x: index * step, y: 0, width: step, height: HEIGHT }),
        make("rect", { class: "wx-mark", x: x - wide / 2, y: HEIGHT - BOTTOM - tall, width: wide, height: tall, rx: 1.5 }),
        make("text", { class: "wx-value", x, y: HEIGHT - BOTTOM - tall - 6, "text-anchor": "middle" }, short(value.n)),
        make("text", { class: "wx-band", x, y: HEIGHT - 8, "text-anchor": "middle" }, value.label.length > 8 ? `${value.label.slice(0, 7)}…` : value.label),
      );
      mark.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        send({ do: "toggle", attribute: data.attribute, value: value.value });
      });
      return mark;
    });
    picture.setAttribute("aria-label", data.words);
    picture.replaceChildren(make("line", { class: "wx-base", x1: 0, x2: WIDTH, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }), ...marks);
    if (focused !== null) [...marks].find((mark) => mark.dataset.value === focused)?.focus();
    node.classList.toggle("is-narrowed", active);
    if (brush) show(brush.from, brush.to);
  };
  return node;
}

// ---- the criteria in force, in order

function chipList(send) {
  const list = make("ol", { class: "wx-chips", "aria-label": "Criteria in force" });
  const none = make("p", { class: "wx-none", role: "status" });
  const node = make("div", { class: "wx-criteria" }, list, none);
  const POLICIES = { exclude: "missing: leave out", keep: "missing: keep", only: "missing: only those" };

  function chip(item) {
    const words = make("span", { class: "wx-chip-words" });
    const side = make("button", { type: "button", class: "wx-flip", title: "Include or exclude what matches" });
    const policy = make(
      "select",
      { class: "wx-policy" },
      Object.entries(POLICIES).map(([value, text]) => make("option", { value }, text)),
    );
    const remove = make("button", { type: "button", class: "wx-remove" }, "×");
    const entry = make("li", { class: "wx-chip" }, side, words, policy, remove);
    side.addEventListener("click", () => send({ do: "side", at: entry.item.at }));
    policy.addEventListener("change", () => send({ do: "missing", at: entry.item.at, missing: policy.value }));
    remove.addEventListener("click", () => send({ do: "remove", at: entry.item.at }));
    entry.parts = { words, side, policy, remove };
    return entry;
  }

  node.update = (chips, hint) => {
    put(none, hint);
    none.hidden = !hint;
    none.classList.toggle("is-empty", chips.length > 0);
    keyed(list, chips, (item) => item.key, chip, (entry, item) => {
      entry.item = item;
      const { words, side, policy, remove } = entry.parts;
      put(words, item.label);
      put(side, item.exclude ? "not" : "is");
      side.setAttribute("aria-label", `${item.label}: ${item.exclude ? "excluded; include instead" : "included; exclude instead"}`);
      side.disabled = !item.editable;
      entry.classList.toggle("is-excluded", item.exclude);
      policy.hidden = !item.has_missing;
      policy.value = item.missing;
      policy.setAttribute("aria-label", `${item.label}: where the value is missing`);
      remove.setAttribute("aria-label", `Remove ${item.label}`);
    });
  };
  return node;
}
