// The card of an entry: everything that is known of it and on which page it was read, as a dialog with its own address.

function section(title, ...content) {
  const parts = content.flat().filter((part) => part !== null && part !== undefined && part !== "");
  return parts.length ? make("section", { class: "wc-part" }, make("h3", {}, title), parts) : null;
}

function termsPart(terms, words, title) {
  const uses = [
    ["Commercial use", terms.commercial_use],
    ["Changed versions", terms.derivatives],
    ["Passing it on", terms.redistribution ?? "unknown"], // what most want to know, so that silence is told
    ["Credit required", terms.attribution],
    ["Same license for changed versions", terms.share_alike],
  ].filter(([what, answer]) => what === "Passing it on" || (answer && answer !== "unknown"));
  const name = terms.url ? outLink(terms.url, terms.name ?? terms.id) : make("span", {}, terms.name ?? terms.id);
  return make(
    "div",
    { class: "wc-terms" },
    title ? make("h4", {}, title) : null,
    make("p", {}, make("strong", {}, name), terms.confirmed ? "" : " — no source of the creators, their repository or a registry confirms it"),
    terms.confirmed ? evidenceNote(terms.evidence, words) : null,
    terms.confirmed && uses.length ? make("ul", { class: "wc-uses" }, uses.map(([what, answer]) => make("li", {}, make("span", { class: "wc-quiet" }, `${what}: `), answerMark(answer, words)))) : null,
    terms.basis ? make("p", { class: "wc-quiet" }, `The terms say so in: ${terms.basis}`) : null,
    terms.note ? make("p", { class: "wc-note" }, terms.note) : null,
    (terms.parts ?? []).map((part) => termsPart(part, words, `Other terms for: ${part.part}`)),
  );
}

function usePart(entry, words) {
  const access = entry.access;
  return section(
    "May I use it?",
    // with parts under terms of their own, the badge speaks of all of them
    entry.terms?.parts ? make("p", { class: "wc-together" }, "All parts together: ", useBadge(entry.use, words)) : null,
    entry.terms ? termsPart(entry.terms, words, entry.terms.parts ? "The main part" : "") : null,
    access
      ? make(
          "div",
          { class: "wc-terms" },
          make("h4", {}, "How to get it"),
          make("p", {}, words.access[access.kind] ?? access.kind, access.url ? [": ", outLink(access.url)] : ""),
          access.how ? make("p", {}, access.how) : null,
          evidenceNote(access.evidence, words),
        )
      : null,
  );
}

function whoSays(claim, words) {
  const [index] = /^IDC v\d+/.exec(claim.note ?? "") ?? [];
  const link = isWebAddress(claim.where) ? outLink(claim.where, pageName(claim.where, index)) : make("span", { class: "wc-quiet" }, guideName(claim.where));
  return [`${words.source[claim.source] ?? claim.source}: `, quoted(claim.words), " ", link];
}

// What became of a number: compared with a page, which may be that of a third party; else counted in the index, else neither.
function verdictOf(claim, words) {
  const counted = claim.verdict === "unchecked" && claim.idc?.verdict === "agrees";
  const repeated = claim.verdict === "agrees" && claim.checked_against?.kind === "third_party";
  const verdict = counted ? "counted" : repeated ? "third_party" : claim.verdict;
  const sign = make("span", { class: "wc-sign", "aria-hidden": "true" }, VERDICT_SIGNS[verdict] ?? "·");
  const told = claim.note?.replace(/^IDC v\d+, counted\.$/, "");
  return [
    make("p", { class: "wc-mark", "data-verdict": verdict }, sign, claim.counts ?? words.verdict[verdict] ?? verdict),
    told ? make("p", { class: claim.verdict === "differs" ? "" : "wc-note" }, told) : null,
    evidenceNote(claim.checked_against, words),
    claim.idc ? make("p", { class: "wc-note" }, counted ? "" : "Index: ", claim.idc.sentence) : null,
  ].filter(Boolean);
}

function sizePart(entry, words) {
  const idc = entry.idc ?? {};
  const claims = entry.claims ?? [];
  const rows = claims.map((claim) => [claim.text, whoSays(claim, words), verdictOf(claim, words)]);
  return section(
    ["dataset", "collection"].includes(entry.kind) ? "How large is it?" : "What is counted?",
    entry.size ? make("p", { class: "wc-big" }, sizeText(entry)) : null,
    rows.length ? plainTable(["Number", "Who says it", "Compared with its source"], rows, `Numbers stated of ${entry.name}`) : null,
    idc.relation || idc.sentence ? idcBlock(entry, words) : null,
  );
}

const wordWithCode = (code, names) => (!Object.hasOwn(names, code) ? code : names[code].includes(code) ? names[code] : `${names[code]} (${code})`);

function idcBlock(entry, words) {
  const idc = entry.idc;
  const mix = (counts, names = {}) => Object.entries(counts ?? {}).slice(0, 6).map(([name, n]) => `${wordWithCode(name, names)}: ${number(n)}`).join("; ");
  const people = idc.people && idc.people !== idc.patients ? `${number(idc.patients)} (${number(idc.people)} persons)` : idc.patients ? number(idc.patients) : "";
  return make(
    "div",
    { class: "wc-panel" },
    make("h4", {}, "Counted in the Imaging Data Commons"),
    idc.relation ? make("p", {}, words.idc[idc.relation] ?? idc.relation) : null,
    idc.sentence ? make("p", {}, make("strong", {}, idc.sentence)) : null,
    factList([
      ["Collections", (idc.found ?? idc.collections ?? []).slice(0, 8).join(", ") + ((idc.found ?? []).length > 8 ? ` and ${idc.found.length - 8} more` : "")],
      ["Patients", people],
      ["Studies", idc.studies ? number(idc.studies) : ""],
      ["Series", idc.series ? number(idc.series) : ""],
      ["Series by kind", mix(idc.modalities, words.modality)],
      ["Series by license", mix(idc.licenses)],
      ["Sex known", idc.people ? percent(idc.sex_known) : ""],
      ["Age known", idc.people ? percent(idc.age_known) : ""],
    ]),
    idc.note ? make("p", { class: "wc-note" }, idc.note) : null,
  );
}

function peoplePart(entry, words) {
  const stated = entry.demographics ?? {};
  if (entry.kind === "framework" || entry.kind === "model") return null;
  const names = { age: "Age", sex: "Sex", race: "Race", ethnicity: "Ethnicity", country: "Country" };
  return section(
    "Who is in it?",
    make("ul", { class: "wc-people" }, Object.entries(names).map(([name, label]) => make("li", {}, make("span", { class: "wc-quiet" }, label), answerMark(stated[name] ?? "unknown", words)))),
    make("p", { class: "wc-quiet" }, "Whether it is given for each person, in the public data."),
    stated.text ? make("p", {}, stated.text) : null,
    evidenceNote(stated.evidence, words),
    entry.countries?.length ? make("p", {}, `Countries: ${listed(entry.countries)}`) : null,
  );
}

function labelPart(entry, words) {
  const { annotations, splits } = entry;
  return section(
    "What is annotated, and how is it split?",
    annotations ? [make("p", {}, annotations.text), make("p", { class: "wc-quiet" }, `Annotated by: ${annotations.by}`), evidenceNote(annotations.evidence, words)] : [],
    splits
      ? [
          make("h4", {}, "Training and test sets"),
          factList([
            ["Official split", answerMark(splits.official, words)],
            ["No patient on both sides", splits.by_patient ? answerMark(splits.by_patient, words) : null],
          ]),
          make("p", {}, splits.text),
          evidenceNote(splits.evidence, words),
        ]
      : [],
  );
}

function relativesPart(entry, app) {
  const { catalog } = app;
  const link = (key) => (catalog.byKey.has(key) ? make("button", { type: "button", class: "wc-link", onclick: () => app.openCard(key) }, nameOf(catalog, key)) : make("span", {}, key));
  const relations = (entry.relations ?? []).map((relation) => {
    const said = (relation.inverse ? catalog.words.inverse : catalog.words.relation)[relation.kind] ?? relation.kind;
    return make("li", {}, `${said} `, link(relation.of), relation.note ? ` — ${relation.note}` : "", evidenceNote(relation.evidence, catalog.words));
  });
  const trained = (entry.trained_on ?? []).map((key) => make("li", {}, "Trained on ", link(key)));
  const shares = (entry.shares ?? []).map(({ key, sentence }) => make("li", {}, make("span", { class: "wc-sign", "aria-hidden": "true" }, "⚠ "), sentence, " ", link(key)));
  return section(
    "Relatives, and what may leak",
    relations.length || trained.length ? make("ul", { class: "wc-plain" }, relations, trained) : null,
    shares.length ? [make("h4", {}, "Images in common"), make("ul", { class: "wc-warnings" }, shares)] : [],
  );
}

function issuesPart(entry, words) {
  return section(
    "Known issues",
    entry.known_issues?.length
      ? make("ul", { class: "wc-warnings" }, entry.known_issues.map(({ issue, evidence }) => make("li", {}, make("span", { class: "wc-sign", "aria-hidden": "true" }, "⚠ "), issue, evidenceNote(evidence, words))))
      : null,
  );
}

function conflictList(entry, words) {
  if (!entry.conflicts?.length) return null;
  return make(
    "ul",
    { class: "wc-plain" },
    entry.conflicts.map((conflict) =>
      make("li", {}, make("p", {}, make("strong", {}, conflict.nature), make("span", { class: "wc-quiet" }, ` (${listed(conflict.between.map(guideName))})`)), make("p", {}, conflict.resolution), evidenceNote(conflict.evidence, words)),
    ),
  );
}

function guideTable(entry) {
  if (!entry.guide_rows?.length) return null;
  const rows = entry.guide_rows.map((row) => [guideName(row.row), row.name, row.size ?? "–", row.says ?? "–", row.source ?? "–"]);
  return plainTable(["Guide", "Name", "Size", "Says", "Source named"], rows, `Rows of the guides about ${entry.name}`);
}

function documentationPart(entry, catalog) {
  const answers = entry.standing_together ?? {};
  const known = catalog.checklist.items.filter(({ id }) => answers[id]);
  const open = catalog.checklist.items.length - known.length;
  const rows = known.map(({ id, question }) => [question, answerMark(answers[id].answer, catalog.words), [evidenceNote(answers[id].evidence, catalog.words), answers[id].note ?? ""]]);
  const fair = entry.fair;
  return section(
    "How well is it documented?",
    rows.length ? plainTable(["Question", "Answer", "Rests on"], rows, `Documentation of ${entry.name}`) : null,
    entry.kind === "dataset" && open ? unanswered(catalog.checklist.items.filter(({ id }) => !answers[id]), catalog) : null,
    fair
      ? make(
          "details",
          { class: "wc-fair" },
          make("summary", {}, `FAIR self-check: ${fair.summary}`),
          make("ul", { class: "wc-plain" }, fair.checks.map(([answer, missing], at) => make("li", {}, answerMark(answer, catalog.words), ` ${catalog.metrics[at][1]}`, make("span", { class: "wc-quiet" }, ` (${catalog.metrics[at][0]})${missing ? `: ${missing}` : ""}`)))),
        )
      : null,
  );
}

// The questions that stay open, folded into one line
function unanswered(items, catalog) {
  const said = `${counted(items.length, "question")} of ${catalog.checklist.items.length} after STANDING Together: no page that was read answers ${items.length === 1 ? "it" : "them"}`;
  return make("details", { class: "wc-open-questions" }, make("summary", {}, said), make("ul", { class: "wc-plain" }, items.map(({ question }) => make("li", {}, question))));
}

function glance(entry, catalog) {
  const fitting = (items, names) => listed((items ?? []).map((item) => names?.[item] ?? item));
  return factList(
    [
      ["Images", imagesOf(entry, catalog)],
      ["Part of the body", fitting((entry.body_region ?? []).filter((region) => region !== "Not Applicable"))],
      ["Made for", fitting(entry.tasks)],
      ["Architecture", entry.architecture],
      ["Training data", entry.training_data],
      ["Languages", fitting(entry.languages)],
      ["By", (entry.creator?.names ?? []).join("; ")],
      ["Published", [entry.published, entry.publisher].filter(Boolean).join(", ")],
      ["Version", entry.version],
      ["Formats", fitting(entry.formats)],
      ["Page", entry.url ? outLink(entry.url) : null],
      ["Code", entry.repository ? outLink(entry.repository) : null],
      ["DOI", entry.doi ? outLink(`https://doi.org/${entry.doi}`, entry.doi) : null],
      ["Also called", (entry.aliases ?? []).join("; ")],
    ],
    { class: "wc-facts wc-glance" },
  );
}

function cardOf(entry, app) {
  const { catalog } = app;
  const { words } = catalog;
  const link = make("button", { type: "button", class: "wb-button" }, "Copy link");
  on(link, { click: () => copyText(addressOf({ ...app.state, comparing: false, card: entry.key }), link) });
  const compared = on(make("input", { type: "checkbox", checked: app.state.compare.includes(entry.key) }), { change: () => app.toggleCompared(entry.key) });
  const compare = entry.kind === "collection" ? null : make("label", { class: "wc-check" }, compared, make("span", {}, "Compare"));
  return make(
    "article",
    { class: "wc-card", "data-card": entry.key },
    make(
      "header",
      { class: "wc-top" },
      make("div", {}, make("p", { class: "wc-where" }, [words.kind[entry.kind], listed(entry.images ?? [])].filter(Boolean).join(" · ")), make("h2", { id: "wc-card-name", tabindex: "-1" }, entry.name)),
      make("div", { class: "wc-row" }, compare, ownsAddress() ? link : null, button("Close", () => app.closeCard(), { class: "wb-button wc-close" })),
    ),
    make(
      "div",
      { class: "wc-body" },
      entry.summary ? make("p", { class: "wc-lead" }, entry.summary) : null,
      make(
        "p",
        { class: "wc-headline" },
        entry.size ? make("strong", {}, sizeText(entry)) : null,
        useBadge(entry.use, words),
        entry.access ? make("span", {}, words.access[entry.access.kind]) : null,
        entry.known_issues?.length ? make("span", {}, `⚠ ${counted(entry.known_issues.length, "known issue")}`) : null,
      ),
      (entry.guide_advice ?? []).map((advice) => make("p", { class: "wc-advice" }, "The guides: ", quoted(advice))),
      glance(entry, catalog),
      usePart(entry, words),
      sizePart(entry, words),
      peoplePart(entry, words),
      labelPart(entry, words),
      relativesPart(entry, app),
      issuesPart(entry, words),
      section("Where sources disagree", conflictList(entry, words)),
      documentationPart(entry, catalog),
      section("What the guides say", guideTable(entry)),
      section("Cite it", entry.kind === "collection" && !entry.citation ? null : citing(entry, catalog)),
    ),
  );
}
