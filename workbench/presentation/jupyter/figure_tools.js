// What a visitor can take away from a public page, and how a view stands in its address. page_parts.js stands before this text.
//
//   dressPage(root, page)           one call after a page is composed: every figure gets its downloads, the page its link to
//                                   this view, choices and opened tables stand in the address; returns how to leave
//   figureTools(figure, page, {width}) "Download or embed" of one figure {id, title, subtitle, footnote, spec, table}
//   hashState.get()                 fields of the address after "#": name -> text, or a list where a name comes twice
//   hashState.set(fields, {step})   changes some of them; null, "" and [] take a field away; step: the back button returns
//   hashState.listen(act)           act(fields) after the back button or a link; returns how to stop
//   hashState.address()             the whole address of this view
//   copyButton(text, label)         a button that copies what text() gives
//   pictureOf(figure, page, {width}) {svg, width, height}: the chart on white with title, source and footnote in it

const { dressPage, figureTools, hashState, copyButton, pictureOf } = (() => {
  const WIDTH = 760; // of a picture, in points
  const MARGIN = 24;
  const PNG_SCALE = 2;
  const INK = "#16212b", SOFT = "#52606d";
  const FONT = '"Segoe UI", "DejaVu Sans", "Liberation Sans", Helvetica, Arial, sans-serif';
  const EMBED_HEIGHT = 520; // of a frame, where the chart is not drawn yet
  const AROUND_HEIGHT = 200; // of what stands around the chart in a frame, without these texts: characters and points a line
  const LINES_AROUND = { title: [50, 27], subtitle: [75, 24], footnote: [95, 20] };
  const SVG = "http://www.w3.org/2000/svg";

  // ---- the view in the address; in a notebook the address belongs to the notebook, so there it is kept aside

  const owns = () => Boolean(document.body.dataset.voila || document.documentElement.dataset.workbench);
  let aside = "";

  function fieldsOf(hash) {
    const said = new URLSearchParams(hash.replace(/^#/, ""));
    return Object.fromEntries([...new Set(said.keys())].map((name) => [name, said.getAll(name)]).map(([name, all]) => [name, all.length > 1 ? all : all[0]]));
  }

  function hashOf(fields) {
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const each of [value].flat()) if (each !== null && each !== undefined && each !== "") said.append(name, each);
    }
    const text = said.toString();
    return text ? `#${text}` : "";
  }

  const hashState = {
    get: () => fieldsOf(owns() ? location.hash : aside),
    set(fields, { step = false } = {}) {
      const hash = hashOf({ ...hashState.get(), ...fields });
      if (!owns()) aside = hash;
      else if (hash !== location.hash) history[step ? "pushState" : "replaceState"](null, "", hash || location.pathname + location.search);
    },
    listen(act) {
      const told = () => act(hashState.get());
      addEventListener("popstate", told); // a changed hash tells it too
      return () => removeEventListener("popstate", told);
    },
    address: () => location.origin.replace("null", "file://") + location.pathname + location.search + (owns() ? location.hash : aside),
  };

  // ---- copying and saving

  function copyButton(text, label = "Copy") {
    const node = make("button", { type: "button", class: "wb-button" }, label);
    const say = (words) => {
      node.textContent = words;
      setTimeout(() => (node.textContent = label), 2500);
    };
    node.setAttribute("aria-live", "polite");
    node.addEventListener("click", () => copied(text()).then(() => say("Copied"), () => say("Select and copy by hand")));
    return node;
  }

  // without a secure address, such as in a file, the browser copies only what is selected
  async function copied(text) {
    if (globalThis.isSecureContext && navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = make("textarea", { class: "wb-copied", readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  }

  function save(name, content) {
    const url = URL.createObjectURL(content);
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  // ---- a figure as a picture that can stand alone: what it says, of whom, from where

  function linesOf(text, font, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [];
    for (const word of (joined(text) ?? "").split(/[ \n]+/).filter(Boolean)) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function sourceLine(page) {
    const source = page.source ?? {};
    const name = [source.name, source.version].filter(Boolean).join(" ");
    return [name ? `Source: ${name}` : "", page.as_of ? `as of ${page.as_of}` : "", source.license ?? ""].filter(Boolean).join(" · ");
  }

  function printed(spec, width) {
    const chart = withHeight(structuredClone(spec));
    if (chart.width === "container") {
      chart.width = width;
      chart.autosize ??= { type: "fit-x", contains: "padding" };
      chart.padding ??= { left: 2, top: 4, right: 44, bottom: 4 };
    }
    chart.background = null;
    return chart;
  }

  async function pictureOf(figure, page, { width: least = WIDTH } = {}) {
    const drawn = await vegaEmbed(make("div"), printed(figure.spec, least), { actions: false, renderer: "svg", mode: "vega-lite", ast: true });
    const chart = new DOMParser().parseFromString(await drawn.view.toSVG(), "image/svg+xml").documentElement;
    drawn.finalize();
    const [wide, high] = ["width", "height"].map((side) => Math.ceil(parseFloat(chart.getAttribute(side))));
    const width = Math.max(wide, least) + 2 * MARGIN;
    const root = document.createElementNS(SVG, "svg");
    let y = MARGIN;
    const put = (text, size, weight, fill, gap) => {
      const font = `${weight} ${size}px ${FONT}`;
      for (const line of linesOf(text, font, width - 2 * MARGIN)) {
        y += Math.round(size * 1.35);
        const node = document.createElementNS(SVG, "text");
        for (const [name, value] of Object.entries({ x: MARGIN, y: y - Math.round(size * 0.35), "font-size": size, "font-weight": weight, fill })) node.setAttribute(name, value);
        node.textContent = line;
        root.append(node);
      }
      y += gap;
    };
    put(figure.title, 19, 700, INK, 4);
    put(figure.subtitle, 14, 400, SOFT, 14);
    chart.setAttribute("overflow", "visible"); // a label may reach into the margin
    chart.setAttribute("x", MARGIN);
    chart.setAttribute("y", y);
    root.append(chart);
    y += high + 12;
    put(figure.footnote, 12, 400, SOFT, 4);
    put(sourceLine(page), 12, 400, SOFT, 0);
    const height = y + MARGIN;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT, role: "img", "aria-label": figure.description ?? figure.title })) root.setAttribute(name, value);
    const ground = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ width, height, fill: "#ffffff" })) ground.setAttribute(name, value);
    root.prepend(ground);
    return { svg: new XMLSerializer().serializeToString(root), width, height };
  }

  async function asPng({ svg, width, height }) {
    const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
      const image = new Image(width, height);
      image.src = url;
      await image.decode();
      const canvas = make("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("too large"))), "image/png"));
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  // ---- the tools of one figure

  function embedCode(figure, page, height) {
    const address = new URL("embed.html", new URL(page.home, location.href));
    address.hash = hashOf({ page: page.key, figure: figure.id });
    const quiet = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    return `<iframe src="${quiet(address.href)}" title="${quiet(figure.title)}" width="100%" height="${height}" loading="lazy" style="border:0"></iframe>`;
  }

  function figureTools(figure, page, size = {}) {
    const name = [page.key, figure.id].filter(Boolean).join("_");
    const state = make("p", { class: "wb-taken", role: "status" });
    const tool = (label, act) =>
      make("button", { type: "button", class: "wb-button", "data-take": label.toLowerCase(), "aria-label": `Download ${label}: ${figure.title}`, onclick: () => {
        state.textContent = "";
        act().catch(() => (state.textContent = "This picture could not be made; the table holds the numbers."));
      } }, label);
    const buttons = [
      figure.spec ? tool("PNG", async () => save(`${name}.png`, await asPng(await pictureOf(figure, page, size)))) : null,
      figure.spec ? tool("SVG", async () => save(`${name}.svg`, new Blob([(await pictureOf(figure, page, size)).svg], { type: "image/svg+xml" }))) : null,
      figure.table ? tool("CSV", async () => save(`${name}.csv`, new Blob([asCsv(figure.table)], { type: "text/csv;charset=utf-8" }))) : null,
    ];
    const embed = figure.spec && page.home && page.key ? embedPart(figure, page) : null;
    const node = make(
      "details",
      { class: "wb-take" },
      make("summary", {}, embed ? "Download or embed" : "Download"),
      make("div", { class: "wb-tools" }, buttons),
      embed,
      state,
    );
    node.addEventListener("toggle", () => node.open && embed?.opened());
    return node;
  }

  function embedPart(figure, page) {
    const area = make("textarea", { class: "wb-code", readonly: true, rows: "3", spellcheck: "false", "aria-label": `Embed code: ${figure.title}` });
    area.addEventListener("focus", () => area.select());
    const note = location.protocol === "file:" ? make("p", { class: "wb-note" }, "This page is a file on your machine. The code works for others once the pages stand on a web server.") : null;
    const node = make("div", { class: "wb-embed" }, make("p", {}, "Put this chart on a page of yours:"), area, copyButton(() => area.value, "Copy embed code"), note);
    const lines = Object.entries(LINES_AROUND).map(([name, [characters, points]]) => Math.ceil((figure[name] ?? "").length / characters) * points);
    const around = lines.reduce((sum, each) => sum + each, AROUND_HEIGHT);
    const write = (chart) => (area.value = embedCode(figure, page, chart ? Math.ceil(chart.getBoundingClientRect().height) + around : EMBED_HEIGHT));
    write(null);
    return Object.assign(node, { opened: () => write(node.closest("[data-figure]")?.querySelector(".wb-chart svg")) });
  }

  // ---- a page of figures: its choices and what is open stand in the address

  const isText = (value) => typeof value === "string";
  const OPENED = { table: ".wb-table", words: ".wb-more > details:not([class])" };

  function partsToOpen(root) {
    const parts = [...root.querySelectorAll("[data-figure]")].flatMap((section) =>
      Object.entries(OPENED).map(([name, selector]) => [`${section.dataset.figure}.${name}`, section.querySelector(selector)]),
    );
    return new Map(parts.filter(([, node]) => node));
  }

  function restore(root, parts, fields) {
    for (const chapter of root.querySelectorAll("[data-section]")) {
      const inputs = [...chapter.querySelectorAll(".wb-choice input")];
      const wanted = inputs.find(({ value }) => value === fields[chapter.dataset.section]) ?? inputs[0];
      if (!wanted || wanted.checked) continue;
      wanted.checked = true;
      wanted.dispatchEvent(new Event("change"));
    }
    const open = new Set(isText(fields.open) ? fields.open.split(",") : []);
    for (const [name, node] of parts) node.open = open.has(name);
  }

  function dressPage(root, page) {
    for (const figure of page.figures ?? []) {
      const section = root.querySelector(`[data-figure="${CSS.escape(figure.id)}"]`);
      if (!figure.absent) section?.querySelector(".wb-more")?.append(figureTools(figure, page));
    }
    const parts = partsToOpen(root);
    restore(root, parts, hashState.get());
    const write = (fields, how) => hashState.set(fields, how);
    root.addEventListener("change", ({ target }) => {
      const chapter = target.closest(".wb-choice") && target.closest("[data-section]");
      if (!chapter) return;
      const first = chapter.querySelector(".wb-choice input");
      write({ [chapter.dataset.section]: target === first ? null : target.value }, { step: true });
    });
    const opened = () => write({ open: [...parts].filter(([, node]) => node.open).map(([name]) => name).join(",") });
    for (const node of parts.values()) node.addEventListener("toggle", opened);
    if (owns()) root.querySelector(".wb-facts")?.append(make("div", {}, copyButton(hashState.address, "Copy link to this view")));
    return hashState.listen((fields) => restore(root, parts, fields));
  }

  return { dressPage, figureTools, hashState, copyButton, pictureOf };
})();
