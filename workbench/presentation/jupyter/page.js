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

// ---- on a phone a long page folds: a heading, with what its first figure says, opens a section

const PHONE = matchMedia("(max-width: 560px)");

function folding(root, figures, reveal) {
  const chapters = [...root.querySelectorAll(".wb-chapter")];
  if (chapters.length < MANY_SECTIONS) return { open() {}, stop() {} };
  const parts = chapters.map((chapter) => {
    const heading = chapter.querySelector(":scope > h2");
    const first = figures.find(({ section }) => chapter.contains(section))?.figure;
    const said = make("span", { class: "wb-fold-said" }, joined(first?.absent ?? first?.title));
    const button = make("button", { type: "button", class: "wb-fold", onclick: () => fold(chapter, !chapter.classList.contains("is-folded")) }, make("span", {}, heading.textContent), said);
    return { chapter, heading, button, title: heading.textContent };
  });
  const opened = new Set(chapters.slice(0, 1));
  const show = ({ chapter, button }) => {
    const isFolded = PHONE.matches && !opened.has(chapter);
    chapter.classList.toggle("is-folded", isFolded);
    button.setAttribute("aria-expanded", String(!isFolded));
  };
  function fold(chapter, isFolded) {
    opened[isFolded ? "delete" : "add"](chapter);
    parts.forEach(show);
    if (!isFolded) reveal();
  }
  function arrange() {
    root.classList.toggle("has-folds", PHONE.matches);
    for (const part of parts) {
      part.heading.replaceChildren(PHONE.matches ? part.button : part.title);
      show(part);
    }
  }
  const turned = () => {
    arrange();
    reveal();
  };
  PHONE.addEventListener("change", turned);
  arrange();
  return {
    // what the address names is not folded away
    open(fields) {
      const named = new Set(String(fields.open ?? "").split(",").map((name) => name.split(".")[0]));
      for (const { chapter } of parts) {
        const isNamed = chapter.dataset.section in fields || chapter.dataset.section === fields.section || [...chapter.querySelectorAll("[data-figure]")].some(({ dataset }) => named.has(dataset.figure));
        if (isNamed && !opened.has(chapter)) fold(chapter, false);
      }
    },
    stop: () => PHONE.removeEventListener("change", turned),
  };
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

// an address may name a section; charts that are drawn above it move it, so it is sought again until they stand
function seek(root) {
  const named = hashState.get().section;
  const heading = typeof named === "string" ? document.getElementById(`wb-section-${named}`) : null;
  if (!heading) return;
  const there = new MutationObserver(() => heading.scrollIntoView());
  const leave = () => there.disconnect();
  heading.scrollIntoView();
  there.observe(root, { attributes: true, attributeFilter: ["data-drawn"], subtree: true });
  for (const name of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(name, leave, { once: true, passive: true });
}

function render({ model, el }) {
  let stop = new AbortController();
  let leave = () => {};

  // what is hidden behind a choice is drawn when it is chosen
  async function drawVisible(root, figures, dark, signal) {
    root.dataset.ready = String(root.hidden); // a notice then stands in its place
    await laidOut(root, signal);
    for (const part of figures.filter((each) => !each.drawn && !each.section.hidden && !each.section.closest(".is-folded"))) {
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
    const reveal = () => drawVisible(root, figures, house.dark(), stop.signal);
    const { root, figures } = compose(page, reveal);
    const house = shell.frame(page, root);
    el.replaceChildren(house.node);
    const folds = folding(root, figures, reveal);
    const undress = dressPage(root, page);
    folds.open(hashState.get());
    const unlisten = hashState.listen(folds.open);
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
      unlisten();
      folds.stop();
      house.stop();
    };
    redraw();
    seek(root);
  }

  model.on("change:page", show);
  show();
  return () => {
    leave();
    model.off("change:page", show);
  };
}

export default { render };
