// The question and its answer: what was understood, who meets it and why, who fails one need, whose license is open.

const SHOWN_CHOICES = 4;

// A remark is a sentence with the page it rests on.
function remark(said, sign) {
  const { text, source } = typeof said === "string" ? { text: said, source: "" } : said;
  return make("li", {}, sign ? make("span", { class: "wc-sign", "aria-hidden": "true" }, `${sign} `) : null, capital(text), " ", sourceLink(source));
}

function choiceItem(choice, at, app) {
  const entry = app.catalog.byKey.get(choice.key);
  return make(
    "li",
    { class: "wc-choice", "data-choice": choice.key },
    make(
      "div",
      { class: "wc-choice-head" },
      make("h4", {}, make("button", { type: "button", class: "wc-open", onclick: () => app.openCard(choice.key) }, entry.name)),
      make("p", { class: "wc-quiet" }, [entry.size?.text, entry.access ? app.catalog.words.access[entry.access.kind] : ""].filter(Boolean).join(" · ")),
      useBadge(entry.use, app.catalog.words),
    ),
    at === 0 && entry.summary ? make("p", {}, entry.summary) : null,
    choice.reasons.length ? make("ul", { class: "wc-reasons" }, choice.reasons.map((said) => remark(said, "✓"))) : null,
    choice.warnings.length ? make("ul", { class: "wc-warnings" }, choice.warnings.map((said) => remark(said, "⚠"))) : null,
  );
}

function missItem(choice, app) {
  const entry = app.catalog.byKey.get(choice.key);
  return make(
    "li",
    { "data-miss": choice.key },
    make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(choice.key) }, entry.name),
    entry.size ? make("span", { class: "wc-quiet" }, ` ${entry.size.text}`) : null,
    make("ul", { class: "wc-plain" }, choice.unmet.map((said) => remark(said, "✕"))),
  );
}

function verdictOn(answer, catalog) {
  const n = answer.ranked.length;
  if (!n) return answer.near_misses.length || answer.not_confirmed.length ? "Nothing in the catalog meets every need" : "Nothing in the catalog fits these words";
  const name = nameOf(catalog, answer.ranked[0].key);
  return n === 1 ? `${name} is the one that fits` : `${name} comes first of ${number(n)} that fit`;
}

// The answer as plain text with its sources, to be pasted into a message or a protocol.
function answerText(question, answer, catalog) {
  const said = (each) => (typeof each === "string" ? each : each.source ? `${each.text} [${each.source}]` : each.text);
  const part = (choice, at) => [`${at + 1}. ${nameOf(catalog, choice.key)}`, ...choice.reasons.map((each) => `   + ${said(each)}`), ...choice.warnings.map((each) => `   ! ${said(each)}`)];
  const failed = (choice) => `- ${nameOf(catalog, choice.key)}: ${choice.unmet.map(said).join("; ")}`;
  return [
    `Question: ${question}`,
    `Understood: ${answer.said.join(", ")}`,
    "",
    `${verdictOn(answer, catalog)}.`,
    ...answer.ranked.slice(0, SHOWN_CHOICES).flatMap(part),
    ...(answer.near_misses.length ? ["", "Close, but not all of it:", ...answer.near_misses.map(failed)] : []),
    ...(answer.not_confirmed.length ? ["", "License not confirmed:", ...answer.not_confirmed.map(failed)] : []),
  ].join("\n");
}

function answerBlock(question, app) {
  const { catalog } = app;
  const answer = catalog.ask(question);
  const left = answer.needs.left_over ?? [];
  const rest = answer.ranked.slice(SHOWN_CHOICES);
  const more = rest.length
    ? make("details", { class: "wc-more" }, make("summary", {}, `${counted(rest.length, "more choice")} that fit`), make("ol", { class: "wc-choices", start: String(SHOWN_CHOICES + 1) }, rest.slice(0, 12).map((choice) => choiceItem(choice, -1, app))))
    : null;
  const first = answer.ranked.slice(0, 3).map(({ key }) => key);
  return make(
    "div",
    { class: "wc-answer", "data-best": answer.ranked[0]?.key ?? "" },
    make(
      "div",
      { class: "wc-understood" },
      make("span", { class: "wc-quiet" }, "Understood: "),
      answer.said.length ? answer.said.map((text) => make("span", { class: "wc-need" }, text)) : "nothing that narrows the catalog; ordered by your words",
      left.length ? make("span", { class: "wc-quiet" }, ` Not used: ${left.map((word) => `“${word}”`).join(", ")}.`) : null,
    ),
    make("h3", { class: "wc-verdict" }, `${verdictOn(answer, catalog)}.`),
    answer.ranked.length ? make("ol", { class: "wc-choices" }, answer.ranked.slice(0, SHOWN_CHOICES).map((choice, at) => choiceItem(choice, at, app))) : null,
    more,
    answer.near_misses.length
      ? make("section", { class: "wc-aside" }, make("h3", {}, "Close, but not all of it"), make("p", { class: "wc-quiet" }, "Each of these fails one need."), make("ul", { class: "wc-misses" }, answer.near_misses.slice(0, 8).map((choice) => missItem(choice, app))))
      : null,
    answer.not_confirmed.length
      ? make("section", { class: "wc-aside", "data-apart": "license" }, make("h3", {}, "License not confirmed"), make("p", { class: "wc-quiet" }, "They may suit, but no source states the license. Ask the creators before you use them."), make("ul", { class: "wc-misses" }, answer.not_confirmed.slice(0, 8).map((choice) => missItem(choice, app))))
      : null,
    make(
      "div",
      { class: "wc-row" },
      first.length > 1 ? button(`Compare the first ${first.length}`, () => app.change({ compare: first, comparing: true }, { step: true })) : null,
      copyButton(() => answerText(question, answer, catalog), "Copy answer with sources"),
      ownsAddress() ? copyButton(() => addressOf({ ...nothingChosen(), question }), "Copy link to this answer") : null,
      button("Clear", () => app.change({ question: "" }, { step: true }), { class: "wc-link" }),
    ),
  );
}

function askPanel(app) {
  const { catalog } = app;
  const field = make("input", { id: "wc-ask", type: "text", autocomplete: "off", enterkeyhint: "search", maxlength: "400", placeholder: "For instance: CT with organ masks, at least 500 patients" });
  const place = make("div", { "aria-live": "polite" });
  const ask = (question) => app.change({ question: question.trim() }, { step: true });
  const form = on(make("form", { class: "wc-form" }, field, make("button", { type: "submit", class: "wb-button is-strong" }, "Find it")), {
    submit: (event) => {
      event.preventDefault();
      ask(field.value);
    },
  });
  const examples = catalog.questions.map((question) => make("li", {}, make("button", { type: "button", class: "wc-example", onclick: () => ask(question) }, question)));
  const node = make(
    "section",
    { class: "wc-ask", "aria-labelledby": "wc-ask-label" },
    make("label", { for: "wc-ask", id: "wc-ask-label" }, "What do you need?"),
    form,
    make("ul", { class: "wc-examples", "aria-label": "Examples" }, examples),
    place,
  );
  let last = null;
  function update() {
    const { question } = app.state;
    if (question === last) return;
    last = question;
    field.value = question;
    place.replaceChildren(...(question ? [answerBlock(question, app)] : []));
    node.classList.toggle("is-answered", Boolean(question));
  }
  return { node, update };
}
