// Draws a whole public page from one aggregates object. page.py puts the Vega bundle and page_parts.js before this text.

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

function body(page, figures, reveal) {
  if (!page.sections?.length) return figures.map(({ section }) => section);
  const of = (id) => figures.filter(({ figure }) => figure.section === id);
  return page.sections.filter(({ id }) => of(id).length).map((section) => chapter(section, of(section.id), reveal));
}

function compose(page, reveal) {
  const figures = page.figures.map(figureSection);
  const root = make(
    "main",
    { class: "wb-page", "data-ready": "false", lang: "en" },
    navigation(page),
    header(page),
    (page.groups ?? []).map(tileGroup),
    body(page, figures, reveal),
    figures.length || page.groups?.length
      ? null
      : make("p", { class: "wb-state" }, "This page holds no numbers yet. Please come back after the next release."),
    closing(page),
  );
  return { root, figures };
}

function render({ model, el }) {
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  let stop = new AbortController();

  // what is hidden behind a choice is drawn when it is chosen
  async function drawVisible(root, figures, signal) {
    root.dataset.ready = "false";
    await laidOut(root, signal);
    for (const part of figures.filter((each) => !each.section.hidden && !each.drawn)) {
      if (signal.aborted) return;
      part.drawn = true;
      const finalize = await draw(part, darkness.matches);
      signal.addEventListener("abort", finalize);
      root.dataset.firstFigureMs ??= String(Math.round(performance.now()));
    }
    if (!signal.aborted) root.dataset.ready = "true";
  }

  let redraw = () => {};
  let leave = () => {};
  function show() {
    const page = model.get("page");
    if (!page?.figures) {
      el.replaceChildren(make("p", { class: "wb-page wb-state" }, "The numbers for this page could not be read."));
      return;
    }
    const { root, figures } = compose(page, () => drawVisible(root, figures, stop.signal));
    el.replaceChildren(root);
    leave();
    leave = dressPage(root, page);
    if (document.body.dataset.voila) document.title = page.title;
    redraw = () => {
      stop.abort();
      stop = new AbortController();
      for (const part of figures) part.drawn = false;
      drawVisible(root, figures, stop.signal);
    };
    redraw();
  }

  const onDarkness = () => redraw();
  model.on("change:page", show);
  darkness.addEventListener("change", onDarkness);
  show();
  return () => {
    stop.abort();
    leave();
    model.off("change:page", show);
    darkness.removeEventListener("change", onDarkness);
  };
}

export default { render };
