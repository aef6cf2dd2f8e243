// The question and its answer: what was understood, who meets it and why, who fails one need, whose license is open.

const SHOWN_CHOICES = 4;
const WARNINGS_AT_ONCE = 3;
const SHOWN_MISSES = 6;
const OFFERED = 6; // entries that hold a word, where no need was understood
const NAMED_NEARLY = 200; // the score of a whole name with a typo

// A remark is a sentence with the page it rests on.
function remark(said, sign, entry) {
  return make("li", {}, make("span", { class: "wc-sign", "aria-hidden": "true" }, `${sign} `), capital(tidied(said.text)), " ", sourceLink(said.source), placeOf(said, entry));
}

// Why, and what to beware of. In which words it was found is no reason, so it stands apart.
function grounds(choice, first, app) {
  const entry = app.catalog.byKey.get(choice.key);
  const plain = (said) => (said.text.startsWith("Modality: ") ? { ...said, text: `Images: ${imagesOf(entry, app.catalog)}.` } : said);
  const where = choice.reasons.filter(({ text }) => text.startsWith("Found in"));
  const reasons = choice.reasons.filter((said) => !where.includes(said)).map(plain);
  const most = first ? choice.warnings.length : WARNINGS_AT_ONCE;
  const [now, later] = [choice.warnings.slice(0, most), choice.warnings.slice(most)];
  const list = (warnings) => make("ul", { class: "wc-warnings" }, warnings.map((said) => remark(said, "⚠", entry)));
  return make(
    "div",
    { class: "wc-grounds" },
    make(
      "div",
      {},
      reasons.length ? make("ul", { class: "wc-reasons", "aria-label": "Reasons" }, reasons.map((said) => remark(said, "✓", entry))) : null,
      where.map(({ text }) => make("p", { class: "wc-found" }, text)),
    ),
    now.length ? make("div", { class: "wc-beware", role: "group", "aria-label": "Warnings" }, list(now), later.length ? make("details", {}, make("summary", {}, counted(later.length, "more warning")), list(later)) : null) : null,
  );
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
      make("p", { class: "wc-quiet" }, [sizeText(entry), entry.access ? app.catalog.words.access[entry.access.kind] : ""].filter(Boolean).join(" · ")),
      useBadge(entry.use, app.catalog.words),
    ),
    at === 0 && entry.summary ? make("p", {}, entry.summary) : null,
    grounds(choice, at === 0, app),
  );
}

// A need that is not met, or of which nothing is known, with why.
function unmetItem({ need, met, text, source }, entry) {
  return make("li", {}, make("span", { class: "wc-sign", "aria-hidden": "true" }, met === "no" ? "✕ " : "? "), make("strong", {}, `${capital(need)}: `), tidied(text), " ", sourceLink(source), placeOf({ text, source }, entry));
}

// Who meets what it is told for has no need to name; then what to beware of first is said.
function missItem(choice, app) {
  const entry = app.catalog.byKey.get(choice.key);
  return make(
    "li",
    { "data-miss": choice.key },
    make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(choice.key) }, entry.name),
    entry.size ? make("span", { class: "wc-quiet" }, ` · ${entry.size.text}`) : null,
    make("ul", { class: "wc-plain" }, choice.unmet.length ? choice.unmet.map((answer) => unmetItem(answer, entry)) : choice.warnings.slice(0, 1).map((said) => remark(said, "⚠", entry))),
  );
}

// Those who are told beside the ranking, and how many more there are.
function missList(choices, app) {
  const more = choices.length - SHOWN_MISSES;
  return make("ul", { class: "wc-misses" }, choices.slice(0, SHOWN_MISSES).map((choice) => missItem(choice, app)), more > 0 ? make("li", { class: "wc-quiet" }, `and ${number(more)} more`) : null);
}

// The collections of IDC that meet the needs stand apart from the ranking: no page about them was read.
function collectionsBeside({ collections, collections_said: said }, app) {
  const { catalog } = app;
  const most = catalog.ranking.rules.recommend.collections.named;
  const named = collections.slice(0, most).map((name) => catalog.collections.find((each) => each.name === name)).filter(Boolean);
  const item = (entry) => make("li", {}, make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(entry.key) }, entry.name), entry.size ? make("span", { class: "wc-quiet" }, ` · ${entry.size.text}`) : null);
  const more = collections.length > named.length ? make("li", { class: "wc-quiet" }, `and ${number(collections.length - named.length)} more`) : null;
  return make(
    "section",
    { class: "wc-aside", "data-apart": "collections" },
    make("h3", {}, "In the Imaging Data Commons"),
    make("p", { class: "wc-quiet" }, `${said.split(":", 1)[0]}:`),
    make("ul", { class: "wc-misses" }, named.map(item), more),
    button("Browse all collections", () => app.change({ collections: true, view: "browse", text: "", facets: nothingChosen().facets }, { step: true }), { class: "wc-link" }),
  );
}

function verdictOn(answer, catalog, question = "") {
  if (saysNothing(answer)) {
    const names = namedIn(question, answer, catalog).map((key) => nameOf(catalog, key));
    if (names.length) return `${listed(names)} ${names.length > 1 ? "are" : "is"} in the catalog; your words name ${names.length > 1 ? "them" : "it"} and no need`;
    if (answer.absent.length) return answer.verdict.replace(/\.$/, "");
    if (answer.searched.length) return `No need was understood; these entries hold ${listed(answer.searched.map((word) => `“${word}”`))}`;
    return "Nothing in these words was understood, so nothing is ranked";
  }
  const n = answer.ranked.length;
  // the verdict also says what becomes of an entry that the question names
  if (!n || answer.needs.named.length) return answer.verdict.replace(/\.$/, "");
  const name = nameOf(catalog, answer.ranked[0].key);
  const needs = answer.searched.length || answer.not_understood.length ? "the needs that were understood" : "all needs";
  return n === 1 ? `${name} is the one that meets ${needs}` : `${name} comes first of ${number(n)} that meet ${needs}`;
}

// Who fails one need; when nobody meets all, whoever fails the fewest.
const closest = (answer) => (answer.ranked.length || answer.near_misses.length ? answer.near_misses : answer.nearest);

// What those are told under: a word that was left out keeps those who meet all the rest from being ranked.
function asideOf(answer) {
  if (!answer.ranked.length && !answer.near_misses.length && answer.meeting) return ["meeting", "Meeting what was understood", "These meet the needs that were understood; of your other words none of them speaks."];
  return ["misses", "Close, but not all of it", "These fail a need, or nothing is known of it."];
}

// The answer as plain text with its sources, to be pasted into a message or a protocol.
function answerText(question, answer, catalog) {
  const said = (each) => (each.source ? `${each.text} [${each.source}]` : each.text);
  const part = (choice, at) => [`${at + 1}. ${nameOf(catalog, choice.key)}`, ...choice.reasons.map((each) => `   + ${said(each)}`), ...choice.warnings.map((each) => `   ! ${said(each)}`)];
  const failed = ({ key, unmet, warnings }) => `- ${[nameOf(catalog, key), [...unmet.map((each) => `${each.need} – ${said(each)}`), ...(unmet.length ? [] : warnings.slice(0, 1).map(said))].join("; ")].filter(Boolean).join(": ")}`;
  return [
    `Question: ${question}`,
    answer.understood,
    "",
    `${verdictOn(answer, catalog)}.`,
    ...answer.ranked.slice(0, SHOWN_CHOICES).flatMap(part),
    ...(closest(answer).length ? ["", `${asideOf(answer)[1]}:`, ...closest(answer).map(failed)] : []),
    ...(answer.collections?.length ? ["", answer.collections_said] : []),
    ...(answer.not_confirmed.length ? ["", `License not confirmed: ${answer.not_confirmed.map(({ key }) => nameOf(catalog, key)).join("; ")}.`] : []),
  ].join("\n");
}

// Whether the question says nothing that an entry could meet or fail; then nobody is ranked.
const saysNothing = ({ said, needs }) => !said.length && needs.kind === "dataset" && !needs.collections;

// Entries whose name the question gives: as the ranking read them, else the one that all its words name, with a typo.
function namedIn(question, answer, catalog) {
  const read = answer.needs.named.flatMap(({ values }) => values).filter((key) => catalog.byKey.has(key));
  const [hit] = read.length ? [] : catalog.search(question, false);
  const nearly = hit?.matched[0]?.startsWith("the name: ") && hit.score >= NAMED_NEARLY ? [hit.key] : [];
  return [...new Set([...read, ...nearly])].slice(0, SHOWN_CHOICES);
}

function offered(keys, app) {
  const item = (key) => {
    const entry = app.catalog.byKey.get(key);
    return make(
      "li",
      { class: "wc-offer", "data-offer": key },
      make("button", { type: "button", class: "wc-open", onclick: () => app.openCard(key) }, entry.name),
      make("p", { class: "wc-quiet" }, [sizeText(entry), app.catalog.words.license_use[entry.use]].filter(Boolean).join(" · ")),
    );
  };
  return make("ul", { class: "wc-offers" }, keys.map(item));
}

// Nothing to rank by: whom the words name or meet is offered, and what may be asked is said.
function unasked(question, answer, app) {
  const { catalog } = app;
  const named = namedIn(question, answer, catalog);
  const held = named.length ? named : answer.searched.length ? catalog.search(question, false).slice(0, OFFERED).map(({ key }) => key) : [];
  return make(
    "div",
    { class: "wc-answer", "data-best": "" },
    make("h3", { class: "wc-verdict" }, `${verdictOn(answer, catalog, question)}.`),
    held.length ? offered(held, app) : null,
    make("p", { class: "wc-hint" }, "Say which kind of image, part of the body, task, size or license you need, as in these examples."),
    make("div", { class: "wc-row" }, named.length > 1 ? comparing(named, app) : null, button("Clear", () => app.change({ question: "" }, { step: true }), { class: "wc-link" })),
  );
}

const comparing = (keys, app) => button("Compare them side by side", () => app.change({ compare: keys, comparing: true }, { step: true }));

function answerBlock(question, answer, app) {
  const { catalog } = app;
  if (saysNothing(answer)) return unasked(question, answer, app);
  const named = namedIn(question, answer, catalog);
  const misses = closest(answer);
  const [apart, heading, told] = asideOf(answer);
  const rest = answer.ranked.slice(SHOWN_CHOICES);
  const more = rest.length
    ? make("details", { class: "wc-more" }, make("summary", {}, counted(rest.length, "more choice")), make("ol", { class: "wc-choices", start: String(SHOWN_CHOICES + 1) }, rest.map((choice) => choiceItem(choice, -1, app))))
    : null;
  const first = answer.ranked.slice(0, 3).map(({ key }) => key);
  return make(
    "div",
    { class: "wc-answer", "data-best": answer.ranked[0]?.key ?? "" },
    make(
      "div",
      { class: "wc-understood" },
      make("span", { class: "wc-quiet" }, "Understood: "),
      answer.said.length ? answer.said.map((text) => make("span", { class: "wc-need" }, text)) : "no need; ordered by your words",
      answer.needs.respelled.map(([typed, meant]) => make("span", { class: "wc-quiet" }, ` Read “${typed}” as “${meant}”.`)),
      answer.searched.length ? make("span", { class: "wc-quiet" }, ` Searched for: ${answer.searched.join(", ")}.`) : null,
      answer.not_understood.length ? make("span", { class: "wc-quiet" }, ` Not understood: ${answer.not_understood.join(", ")}.`) : null,
    ),
    named.length ? make("section", { class: "wc-named", "aria-label": "Named in your words" }, make("p", { class: "wc-quiet" }, "You name:"), offered(named, app), named.length > 1 ? comparing(named, app) : null) : null,
    make("h3", { class: "wc-verdict" }, `${verdictOn(answer, catalog)}.`),
    answer.ranked.length ? make("ol", { class: "wc-choices" }, answer.ranked.slice(0, SHOWN_CHOICES).map((choice, at) => choiceItem(choice, at, app))) : null,
    more,
    misses.length
      ? make("section", { class: "wc-aside", "data-apart": apart }, make("h3", {}, heading), make("p", { class: "wc-quiet" }, told), missList(misses, app))
      : null,
    answer.collections?.length ? collectionsBeside(answer, app) : null,
    answer.not_confirmed.length
      ? make("section", { class: "wc-aside", "data-apart": "license" }, make("h3", {}, "License not confirmed"), make("p", { class: "wc-quiet" }, "They may suit, but no source states the license. Ask the creators before you use them."), missList(answer.not_confirmed, app))
      : null,
    make(
      "div",
      { class: "wc-row" },
      first.length > 1 ? button(`Compare the first ${first.length}`, () => app.change({ compare: first, comparing: true }, { step: true })) : null,
      copyingButton(() => answerText(question, answer, catalog), "Copy answer with sources"),
      ownsAddress() ? copyingButton(() => addressOf({ ...nothingChosen(), question }), "Copy link to this answer") : null,
      button("Clear", () => app.change({ question: "" }, { step: true }), { class: "wc-link" }),
    ),
  );
}

function askPanel(app) {
  const { catalog } = app;
  // of as many lines as the question needs, so that its start stays in sight on a phone
  const field = make("textarea", { id: "wc-ask", rows: "1", autocomplete: "off", enterkeyhint: "search", maxlength: "400", placeholder: "For instance: CT with organ masks, at least 500 patients" });
  const place = make("div", {});
  const told = make("p", { class: "wc-hidden", role: "status" });
  const empty = make("p", { class: "wc-empty", role: "alert", hidden: true }, "Write what you need, or take one of the examples.");
  const ask = (text) => {
    const question = text.replace(/\s+/g, " ").trim();
    empty.hidden = Boolean(question);
    if (!question) field.focus();
    app.change({ question }, { step: true });
  };
  const fit = () => {
    field.style.height = "";
    const line = field.clientHeight;
    if (field.scrollHeight > line) field.style.height = `${field.scrollHeight + field.offsetHeight - line}px`;
  };
  on(field, {
    input: () => {
      fit();
      empty.hidden = true;
    },
    keydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      ask(field.value);
    },
  });
  const form = on(make("form", { class: "wc-form" }, field, make("button", { type: "submit", class: "wb-button is-strong" }, "Find it")), {
    submit: (event) => {
      event.preventDefault();
      ask(field.value);
    },
  });
  const examples = catalog.questions.map((question) => make("li", {}, make("button", { type: "button", class: "wc-example", onclick: () => ask(question) }, question)));
  const list = make("ul", { class: "wc-examples", "aria-label": "Examples" }, examples);
  const node = make(
    "section",
    { class: "wc-ask", "aria-labelledby": "wc-ask-label" },
    make("h2", { id: "wc-ask-label" }, make("label", { for: "wc-ask" }, "What do you need?")),
    form,
    empty,
    list,
    place,
    told,
  );
  let last = null;
  function update() {
    const { question } = app.state;
    if (question === last) return;
    last = question;
    field.value = question;
    fit();
    const answer = question ? catalog.ask(question) : null;
    place.replaceChildren(...(answer ? [answerBlock(question, answer, app)] : []));
    told.textContent = answer ? `${verdictOn(answer, catalog, question)}.` : "";
    // an answer stands right below its question; the examples follow it
    if (answer) place.after(list);
    else place.before(list);
  }
  return { node, update };
}
