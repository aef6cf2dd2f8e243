// Draws a whole public page from one aggregates object. The house and the parts that pages share stand before this text.

// ---- sections: a question above its figures, and a row of choices where only some of them are shown at a time

function chapter(section, parts, reveal) {
  const labels = [...new Set(parts.map(({ figure }) => figure.choice).filter(Boolean))];
  const show = (label) => {
    for (const part of parts) part.section.hidden = Boolean(part.figure.choice) && part.figure.choice !== label;
  };
  const options = labels.map((label, at) => {
    const input = make("input", { type: "radio", name: `wb-${section.id}`, value: label, checked: at === 0 });
    input.addEventListener("change", () => {
      show(label);
      reveal();
    });
    return make("label", { class: "wb-option" }, input, make("span", {}, label));
  });
  if (labels.length) show(labels[0]);
  return make(
    "section",
    { class: "wb-chapter", "data-section": section.id, "aria-labelledby": `wb-section-${section.id}` },
    make("h2", { id: `wb-section-${section.id}` }, section.title),
    section.lead ? make("p", { class: "wb-lead" }, section.lead) : null,
    labels.length > 1
      ? make("fieldset", { class: "wb-choice" }, make("legend", {}, section.choose ?? "Show"), make("div", {}, options))
      : null,
    parts.map((part) => part.section),
  );
}

const sectionsOf = (page) => (page.sections ?? []).filter(({ id }) => page.figures.some(({ section }) => section === id));

function body(page, figures, reveal) {
  const of = (id) => figures.filter(({ figure }) => figure.section === id);
  const placed = new Set(sectionsOf(page).map(({ id }) => id));
  const alone = figures.filter(({ figure }) => !placed.has(figure.section)).map(({ section }) => section);
  return [...alone, ...sectionsOf(page).map((section) => chapter(section, of(section.id), reveal))];
}

function compose(page, reveal) {
  const figures = page.figures.map(figureSection);
  const isEmpty = !figures.length && !page.groups?.length && !page.problem;
  const root = make(
    "main",
    { class: "wb-page", "data-ready": "false" },
    header(page),
    (page.groups ?? []).map(tileGroup),
    findings(page),
    contents(sectionsOf(page)),
    body(page, figures, reveal),
    isEmpty ? make("p", { class: "wb-state" }, "This page holds no numbers yet. Please come back after the next release.") : null,
    closing(page),
  );
  return { root, figures };
}

function render({ model, el }) {
  let stop = new AbortController();
  let leave = () => {};

  // what is hidden behind a choice is drawn when it is chosen
  async function drawVisible(root, figures, dark, signal) {
    root.dataset.ready = String(root.hidden); // a notice then stands in its place
    await laidOut(root, signal);
    for (const part of figures.filter((each) => !each.section.hidden && !each.drawn)) {
      if (signal.aborted) return;
      part.drawn = true;
      const finalize = await draw(part, dark);
      signal.addEventListener("abort", finalize);
      root.dataset.firstFigureMs ??= String(Math.round(performance.now()));
    }
    if (!signal.aborted) root.dataset.ready = "true";
  }

  function show() {
    leave();
    const page = model.get("page");
    if (!page?.figures) {
      el.replaceChildren(make("p", { class: "wb-page wb-state" }, "The numbers for this page could not be read."));
      return;
    }
    const { root, figures } = compose(page, () => drawVisible(root, figures, house.dark(), stop.signal));
    const house = shell.frame(page, root);
    el.replaceChildren(house.node);
    const undress = dressPage(root, page);
    const redraw = () => {
      stop.abort();
      stop = new AbortController();
      for (const part of figures) part.drawn = Boolean(part.figure.absent);
      drawVisible(root, figures, house.dark(), stop.signal);
    };
    house.onTheme(redraw);
    leave = () => {
      stop.abort();
      undress();
      house.stop();
    };
    redraw();
  }

  model.on("change:page", show);
  show();
  return () => {
    leave();
    model.off("change:page", show);
  };
}

export default { render };
