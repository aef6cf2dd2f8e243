// Search and recommendations without a kernel: the twin of `workbench/catalog/registry`, step for step. Both read
// `data_catalog/ranking.yaml`; tests hold both to the same order and the same sentences. Functions only; no page is touched.
//
//   index = buildIndex(forms, rules)            what `ranking_bundle` gives: forms and rules
//   search(index, text, limit)                  [{key, score, matched}]
//   needs = readQuestion(question, rules, index)   `ranking_questions.js`, which stands before this
//   recommend(index, needs, leakage)            {needs, said, understood, verdict, ranked, near_misses, not_confirmed, nearest, …}

// ------------------------------------------------------------------ search (searching.py)
function maskOf(term) {
  let mask = 0;
  for (const letter of term) mask |= 1 << (letter >= "a" ? letter.charCodeAt(0) - 97 : 26);
  return mask;
}

function bits(mask) {
  let n = 0;
  for (let left = mask >>> 0; left; left &= left - 1) n += 1;
  return n;
}

function countsOf(form, rules, surface) {
  const counts = new Map();
  for (const name of Object.keys(rules.search.fields)) {
    const counted = new Map();
    for (const text of form.texts[name] ?? []) {
      const spelled = name === "modality" ? `${text} ${rules.modality_words[text] ?? ""}` : text;
      for (const word of [...plainWords(spelled), ...joinedWords(spelled)]) {
        const stemmed = stem(word);
        const shown = surface.get(stemmed) ?? word;
        surface.set(stemmed, word.length < shown.length || (word.length === shown.length && word < shown) ? word : shown);
        counted.set(stemmed, (counted.get(stemmed) ?? 0) + 1);
      }
    }
    counts.set(name, counted);
  }
  return counts;
}

function postingsOf(counted, rules) {
  const fields = Object.entries(rules.search.fields);
  const lengths = new Map(fields.map(([name]) => [name, counted.map((entry) => total([...entry.get(name).values()]))]));
  const postings = new Map();
  counted.forEach((entry, place) => {
    const weights = new Map();
    const best = new Map();
    for (const [name, rule] of fields) {
      const of = lengths.get(name);
      const average = Math.max(1, total(of)) / Math.max(1, of.filter((length) => length).length);
      const normal = 1 - rule.length + (rule.length * of[place]) / average;
      for (const [term, n] of entry.get(name)) {
        const worth = (rule.weight * n) / normal;
        weights.set(term, (weights.get(term) ?? 0) + worth);
        if (worth > (best.get(term)?.[0] ?? 0)) best.set(term, [worth, name]);
      }
    }
    for (const [term, weight] of weights) {
      if (!postings.has(term)) postings.set(term, []);
      postings.get(term).push([place, weight, best.get(term)[1]]);
    }
  });
  const { saturation } = rules.search;
  for (const [term, list] of postings) {
    postings.set(term, list.map(([place, weight, name]) => [place, (rarity(list.length, counted.length) * weight) / (saturation + weight), name]));
  }
  return postings;
}

export function buildIndex(forms, rules) {
  const surface = new Map();
  const postings = postingsOf(forms.map((form) => countsOf(form, rules, surface)), rules);
  const vocabulary = [...postings.keys()].sort();
  const names = forms.map((form) =>
    [...new Set([form.name, ...(form.texts.aliases ?? [])])].map((name) => [name, squeeze(name)]).filter(([, squeezed]) => squeezed).map(([name, squeezed]) => [name, squeezed, maskOf(squeezed)]),
  );
  return { forms, rules, surface, postings, vocabulary, masks: vocabulary.map(maskOf), names };
}

function misspelled(index, term) {
  const allowed = index.rules.search.typos.filter((rule) => term.length >= rule.letters);
  if (!allowed.length || isNumber(term)) return [];
  const { most } = allowed[allowed.length - 1];
  const mask = maskOf(term);
  const found = [];
  index.vocabulary.forEach((candidate, at) => {
    if (Math.abs(candidate.length - term.length) > most || bits(mask ^ index.masks[at]) > 2 * most) return;
    const typos = distance(term, candidate, most);
    if (typos > 0 && typos <= most) found.push([candidate, allowed[typos - 1].quality]);
  });
  return found;
}

const rarityIn = (index, term) => rarity(index.postings.get(term)?.length ?? 0, index.forms.length);

function related(index, term) {
  const { postings, vocabulary, rules } = index;
  const found = (ready(rules).synonyms.get(term) ?? []).filter((each) => postings.has(each)).map((each) => [each, rules.synonym]);
  const { letters, quality } = rules.search.prefix;
  if (term.length < letters || isNumber(term)) return found;
  let low = 0;
  let high = vocabulary.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (vocabulary[middle] < term) low = middle + 1;
    else high = middle;
  }
  for (let place = low; place < vocabulary.length && vocabulary[place].startsWith(term); place += 1) {
    if (vocabulary[place] !== term) found.push([vocabulary[place], (quality * term.length) / vocabulary[place].length]);
  }
  return found;
}

function candidates(index, term) {
  const others = related(index, term);
  if (!index.postings.has(term)) return others.length ? others : misspelled(index, term);
  const own = rarityIn(index, term);
  return [[term, 1], ...others.map(([each, quality]) => [each, quality * Math.min(1, own / rarityIn(index, each))])];
}

function scoreTerms(index, terms, typed, quiet = new Set()) {
  const { fields, coverage, most_words: most } = index.rules.search;
  const scored = new Map();
  const asked = [...terms].slice(0, most);
  for (const [term, weight] of asked) {
    const best = new Map();
    for (const [candidate, quality] of candidates(index, term)) {
      for (const [place, worth, name] of index.postings.get(candidate)) {
        if (!best.has(place) || quality * worth > best.get(place)[0]) best.set(place, [quality * worth, candidate, name]);
      }
    }
    for (const [place, [worth, candidate, name]] of best) {
      const shown = `${fields[name].said}: ${index.surface.get(candidate)}`;
      if (!scored.has(place)) scored.set(place, { total: 0, found: 0, matched: [] });
      const at = scored.get(place);
      at.total += weight * worth;
      at.found += 1;
      if (!quiet.has(term)) at.matched.push(candidate.startsWith(term) ? shown : `${shown} for '${typed.get(term) ?? term}'`);
    }
  }
  for (const at of scored.values()) {
    at.score = at.total * (1 - coverage * (1 - at.found / asked.length));
    at.matched = [...new Set(at.matched)];
  }
  return scored;
}

function namedBy(index, typed) {
  const { exact, close, collection_less: less } = index.rules.search.names;
  const most = typed.length < close.letters ? 0 : typed.length < close.letters_for_two ? 1 : 2;
  const mask = maskOf(typed);
  const named = new Map();
  index.names.forEach((names, place) => {
    for (const [name, squeezed, other] of names) {
      if (Math.abs(squeezed.length - typed.length) > most || bits(mask ^ other) > 2 * most) continue;
      const typos = distance(typed, squeezed, most);
      if (typos > most) continue;
      const worth = (typos === 0 ? exact : close.worth - close.each_typo * typos) - (index.forms[place].kind === "collection" ? less : 0);
      if (worth > (named.get(place)?.[0] ?? 0)) named.set(place, [worth, `the name: ${name}`]);
    }
  });
  return named;
}

export function search(index, text, limit = 10) {
  const { stop } = ready(index.rules);
  const typed = new Map(plainWords(text).reverse().map((word) => [stem(word), word]));
  const all = [...new Set(wordsOf(text))];
  const kept = all.filter((term) => !stop.has(term));
  const terms = new Map((kept.length ? kept : all).map((term) => [term, 1]));
  const scored = scoreTerms(index, terms, typed);
  const named = namedBy(index, squeeze(text));
  const hits = [...new Set([...scored.keys(), ...named.keys()])].map((place) => {
    const { score = 0, matched = [] } = scored.get(place) ?? {};
    const [worth, said] = named.get(place) ?? [0, ""];
    return { key: index.forms[place].key, score: rounded(score + worth), matched: said ? [...new Set([said, ...matched])] : matched };
  });
  return hits.sort((a, b) => b.score - a.score || by(a.key, b.key)).slice(0, limit);
}

// ------------------------------------------------------------------ what an entry answers to each need (meeting.py)
const ACCESS = {
  open: "Access is open.",
  registration: "Access needs registration.",
  data_use_agreement: "Access needs a data use agreement.",
  credentialed: "Access needs credentials.",
  unknown: "How one gets access is not known.",
};
const GIVEN = {
  yes: (name) => `${capital(name)} is given for each person.`,
  partly: (name) => `${capital(name)} is given for some of the persons.`,
  no: (name) => `${capital(name)} is not given.`,
};
const SPLITS = { yes: "Has official splits.", partly: "Has official splits in part.", no: "Has no official splits.", unknown: "Whether it has official splits is not known." };
const FIRST_HAND = ["creator", "repository", "paper", "registry", "idc"];
const STATED_BY = { guide: "a guide", creator: "the creators", repository: "the repository", paper: "a paper", registry: "a registry", third_party: "a third party", idc: "the index of the Imaging Data Commons" };

const isSet = (form) => form.kind === "dataset" || form.kind === "collection";
const metBy = (given) => (given === "yes" || given === "partly" ? "yes" : given === "no" ? "no" : "unknown");
const covering = (regions, rules) => [...new Set(regions.flatMap((region) => rules.regions_covering[region] ?? [region]))];
const amount = (quantity, size) => `${{ at_least: "At least ", about: "About " }[size.qualifier] ?? ""}${count(size.value)} ${blanked(quantity)}`;
const saying = (kind, verb = "say") => (kind === "creator" ? verb : `${verb}s`);
const answer = (need, met, text, source, about) => ({ need, met, about, text, source });

function regionAnswer(form, wanted, rules) {
  const shown = form.regions;
  if (!shown.length || (shown.length === 1 && ["Unknown", "Not Applicable"].includes(shown[0]))) {
    return answer(wanted.said, "unknown", "What part of the body it shows is not known.", "", "region");
  }
  const wider = covering(wanted.values, rules);
  return answer(wanted.said, shown.some((each) => wider.includes(each)) ? "yes" : "no", `Shows ${listed(shown)}.`, "", "region");
}

function amongAnswer(values, wanted, before, about) {
  return answer(wanted.said, values.some((each) => wanted.values.includes(each)) ? "yes" : "no", `${before} ${listed(values)}.`, "", about);
}

function modalityAnswer(form, wanted) {
  if (form.modality.length) return amongAnswer(form.modality, wanted, "Modality:", "modality");
  const met = form.specialty === wanted.specialty || form.specialty === "several";
  const said = form.specialty ? `Its specialty is ${form.specialty}.` : "Its specialty is not known.";
  return answer(wanted.said, met ? "yes" : form.specialty ? "no" : "unknown", said, "", "modality");
}

function demographicAnswer(form, name) {
  const order = { yes: 0, partly: 1, unknown: 2, no: 3 };
  const [one, given] = name.split(" or ").map((each) => [each, form.demographics[each]]).reduce((best, each) => (order[each[1]] < order[best[1]] ? each : best));
  if (given === "unknown") return answer(`${name} known`, "unknown", `Whether ${one} is given is not known.`, "", "demographics");
  return answer(`${name} known`, metBy(given), GIVEN[given](one), form.demographics.page, "demographics");
}

function within(size, { least, most, strict }) {
  const open = size.qualifier === "at_least";
  if (least !== null) {
    const enough = size.value > least || (size.value === least && (open || !strict));
    return enough ? "yes" : open ? "unknown" : "no";
  }
  const few = most !== null && (size.value < most || (size.value === most && !strict));
  return !few ? "no" : open ? "unknown" : "yes";
}

function sizeAnswer(form, wanted) {
  const known = wanted.quantities.filter((name) => form.sizes[name]).map((name) => [within(form.sizes[name], wanted), name, form.sizes[name]]);
  const need = sizeWords(wanted);
  if (!known.length) return answer(need, "unknown", `How many ${wanted.said} it has is not known.`, "", "size");
  const order = wanted.least !== null ? ["yes", "unknown", "no"] : ["no", "unknown", "yes"];
  const [met, name, size] = known.reduce((best, each) => (order.indexOf(each[0]) < order.indexOf(best[0]) ? each : best));
  const agreed = size.checked ? `, and ${STATED_BY[size.checked]} ${saying(size.checked, "agree")}` : "";
  return answer(need, met, `${amount(name, size)}, ${saying(size.source)} ${STATED_BY[size.source]}${agreed}.`, size.page, "size");
}

function withoutAnswer(form, what, wanted, rules) {
  const values = form[{ modality: "modality", region: "regions", task: "tasks" }[what]];
  const need = `not ${wanted.said}`;
  if (!values.length || (values.length === 1 && values[0] === "Unknown")) return answer(need, "unknown", "What it has is not known.", "", "without");
  const unwanted = what === "region" ? covering(wanted.values, rules) : wanted.values;
  const has = values.filter((each) => unwanted.includes(each));
  return answer(need, has.length ? "no" : "yes", has.length ? `It has ${listed(has)}.` : `It has only ${listed(values)}.`, "", "without");
}

function termsAnswers(form, needs) {
  const { license, access } = form;
  const given = [];
  if (needs.commercial) {
    const said = { yes: "Commercial use is allowed", no: "Commercial use is not allowed", unknown: "Whether commercial use is allowed is not known" }[license.commercial];
    const words = license.words ? `, “${license.words}”` : "";
    given.push(answer("commercial use", license.commercial, `${said}: ${license.name}${words}.`, license.page, "commercial"));
  }
  if (needs.access) {
    const allowed = ACCESS_ORDER.slice(0, ACCESS_ORDER.indexOf(needs.access) + 1);
    const met = access.kind === "unknown" ? "unknown" : allowed.includes(access.kind) ? "yes" : "no";
    given.push(answer(ACCESS_SAID[needs.access], met, ACCESS[access.kind], access.page, "access"));
  }
  return given;
}

function answersOf(form, needs, rules) {
  const data = isSet(form);
  const given = data ? needs.region.map((each) => regionAnswer(form, each, rules)) : [];
  given.push(...needs.modality.filter((each) => data || form.modality.length || each.specialty).map((each) => modalityAnswer(form, each)));
  given.push(...needs.task.map((each) => amongAnswer(form.tasks, each, "Serves", "task")));
  if (data) {
    const came = form.labels.length ? `Comes with ${listed(form.labels)}.` : "What labels it comes with is not known.";
    given.push(...needs.labels.map((each) => answer(each, form.labels.includes(each) ? "yes" : form.labels.length ? "no" : "unknown", came, "", "labels")));
    if (needs.splits) given.push(answer("official splits", metBy(form.splits), SPLITS[form.splits], "", "splits"));
    given.push(...needs.demographics.map((each) => demographicAnswer(form, each)));
  }
  given.push(...termsAnswers(form, needs), ...needs.sizes.map((each) => sizeAnswer(form, each)));
  given.push(...needs.without.map(([what, each]) => withoutAnswer(form, what, each, rules)));
  return given;
}

// ------------------------------------------------------------------ reasons and warnings (reasons.py)
const RELATED = { subset_of: "Subset of", edition_of: "An edition of", derived_from: "Derived from", annotations_of: "Annotates images of", overlaps: "Shares images with" };
const MAIN = ["patients", "studies", "slides", "images", "volumes", "series", "videos", "patches", "reports"];
const remark = (text, source = "") => ({ text, source });

function reasonsOf(form, given, matched, advised) {
  const said = unique(given.filter((each) => each.met === "yes").map((each) => remark(each.text, each.source)));
  said.push(...advised.map((sentence) => remark(`The guides advise: “${sentence}”`)));
  if (form.idc) said.push(remark(form.idc));
  if (matched.length) said.push(remark(`Found in ${matched.join("; ")}.`));
  return said;
}

function termsWarnings({ license, access }) {
  const said = [];
  if (!license.confirmed) said.push(remark("Its license is not confirmed: nothing may be concluded about its use."));
  else if (license.commercial === "no") said.push(remark(`Not for commercial use: ${license.name}.`, license.page));
  else if (license.commercial === "unknown") said.push(remark(`Read its terms before any commercial use: ${license.name}.`, license.page));
  if (license.share_alike === "yes") said.push(remark("What is made from it and shared must carry the same license (share-alike).", license.page));
  if (access.kind === "credentialed") said.push(remark("Access needs credentials.", access.page));
  if (access.kind === "data_use_agreement") said.push(remark("Access needs a data use agreement.", access.page));
  return said;
}

function peopleWarnings(form, needs) {
  if (!isSet(form)) return [];
  const stated = form.demographics;
  const those = (names, given) => names.filter((name) => stated[name] === given);
  const [absent, unknown] = [those(["age", "sex"], "no"), those(["age", "sex"], "unknown")];
  const asked = needs.demographics.flatMap((name) => name.split(" or "));
  const partly = those(["age", "sex", "race", "ethnicity"], "partly").filter((name) => asked.includes(name));
  const said = [];
  if (absent.length) said.push(remark(`No ${listed(absent, "or")} of the patients.`, stated.page));
  if (unknown.length) said.push(remark(`Whether ${listed(unknown)} of the patients ${unknown.length > 1 ? "are" : "is"} given is not known.`));
  if (partly.length) said.push(remark(`${capital(listed(partly))} for some of the patients only.`, stated.page));
  return said;
}

function numberWarnings(form, needs) {
  const asked = needs.sizes.flatMap((wanted) => wanted.quantities.filter((name) => form.sizes[name]));
  const main = MAIN.filter((name) => form.sizes[name]).slice(0, 1);
  const said = [];
  for (const name of new Set(asked.length ? asked : main)) {
    const size = form.sizes[name];
    const statedBy = [...new Set([size.source, size.checked].filter(Boolean))];
    if (!statedBy.some((each) => FIRST_HAND.includes(each))) said.push(remark(`${amount(name, size)}: stated by ${listed(statedBy.map((each) => STATED_BY[each]))} only.`));
  }
  for (const { amount: stated, source, checked, words, page } of form.disputed) {
    const other = `${STATED_BY[checked]} ${saying(checked)} otherwise${words ? `: “${words}”` : ""}`;
    said.push(remark(`${capital(STATED_BY[source])} ${saying(source)} ${stated}; ${other}.`, page));
  }
  for (const each of form.issues) said.push(remark(`Known issue: ${each.issue}`, each.page));
  return said;
}

function warningsOf(form, needs, names) {
  const relatives = form.parents.map((parent) => remark(`${RELATED[parent.kind]} ${names.get(parent.of) ?? parent.of}.${parent.note ? ` ${parent.note}` : ""}`));
  return [...termsWarnings(form), ...peopleWarnings(form, needs), ...relatives, ...numberWarnings(form, needs)];
}

// ------------------------------------------------------------------ scores (scoring.py)
const LARGEST = ["patients", "studies", "series", "images", "volumes", "slides", "videos"];

function scorerOf(index, needs) {
  const { rules, forms } = index;
  const weights = rules.recommend;
  const { synonyms } = ready(rules);
  const terms = new Map(needs.advice_words.map((word) => [word, weights.common_words]));
  for (const word of needs.needed_words) terms.set(word, weights.needed_words);
  for (const word of needs.words) terms.set(word, weights.words);
  const quiet = new Set([...needs.advice_words, ...needs.needed_words].filter((word) => !needs.words.includes(word)));
  const found = scoreTerms(index, terms, new Map(needs.left_over.map((word) => [stem(word), word])), quiet);
  const wishes = rules.lexicon.filter((rule) => rule.need === "wish" && needs.wishes.includes(rule.value));
  const rare = (word) => rarityIn(index, word);
  const whole = total(needs.advice_words.map(rare));

  function advice(form) {
    let best = [0, []];
    for (const sentence of form.advice) {
      const stems = new Set(wordsOf(sentence));
      const held = total(needs.advice_words.filter((word) => stems.has(word) || (synonyms.get(word) ?? []).some((other) => stems.has(other))).map(rare));
      const share = whole ? held / whole : 0;
      let worth = weights.advised;
      if (share >= weights.advice_floor) worth += weights.advice * share;
      for (const wish of wishes) if (holds(wish.advised ?? [], sentence)) worth += weights.advised_wish;
      if (worth > best[0]) best = [worth, [sentence]];
    }
    return best;
  }
  function focus(form) {
    const share = (values, wanted) => (values.length ? values.filter((each) => wanted.includes(each)).length / values.length : 0);
    const regionShare = (wanted) => {
      if (!form.regions.length) return 0;
      const wider = covering(wanted.values, rules);
      return total(form.regions.map((each) => (wanted.values.includes(each) ? 1 : wider.includes(each) ? 0.5 : 0))) / form.regions.length;
    };
    const shares = [...needs.modality.map((each) => share(form.modality, each.values)), ...needs.task.map((each) => share(form.tasks, each.values)), ...needs.region.map(regionShare)];
    return weights.focus * total(shares);
  }
  function wished(form) {
    const sizes = LARGEST.filter((name) => form.sizes[name]).map((name) => form.sizes[name].value);
    const digits = sizes.length ? String(Math.max(...sizes)).length : 0;
    let worth = 0;
    if (needs.wishes.includes("scale")) worth += weights.scale_digit * digits;
    if (needs.wishes.includes("small")) worth += weights.small_digit * digits;
    if (needs.wishes.includes("longitudinal")) {
      const texts = ["keywords", "annotations", "summary", "guide"].flatMap((name) => form.texts[name] ?? []);
      worth += texts.some((text) => holds(rules.longitudinal_words, text)) ? weights.longitudinal : 0;
    }
    return worth;
  }
  function terms_(form) {
    const sourced = Object.values(form.sizes).some((size) => FIRST_HAND.includes(size.source) || FIRST_HAND.includes(size.checked));
    return weights.access[form.access.kind] + weights.commercial[form.license.commercial] + (sourced ? weights.sourced_size : 0);
  }
  return (place) => {
    const form = forms[place];
    const { score = 0, matched = [] } = found.get(place) ?? {};
    const [worth, advised] = advice(form);
    return { score: rounded(score + worth + focus(form) + wished(form) + terms_(form)), matched, advised };
  };
}

// ------------------------------------------------------------------ recommendations (recommending.py)
const TOPIC = ["region", "modality", "task", "without"];

function withLeakage(ranked, leakage, among) {
  const shared = new Map(leakage.map(([one, other, said]) => [`${one} ${other}`, said]));
  const first = ranked.slice(0, among);
  const warned = first.map((choice) => {
    const said = first.filter(({ key }) => key !== choice.key).map(({ key }) => shared.get([choice.key, key].sort().join(" ")));
    return { ...choice, warnings: [...choice.warnings, ...said.filter(Boolean).map((text) => remark(text))] };
  });
  return [...warned, ...ranked.slice(first.length)];
}

function verdictOf(needs, ranked) {
  const what = { dataset: "data set", model: "model", framework: "framework" }[needs.kind];
  if (!ranked.length) return `No ${what} with a confirmed license meets all needs.`;
  if (!saidOf(needs).length) return `Nothing narrows the catalog: ${ranked.length} ${what}${ranked.length > 1 ? "s" : ""}, ordered by the words.`;
  return `${ranked.length} ${what}${ranked.length > 1 ? "s meet" : " meets"} all needs.`;
}

export function recommend(index, needs, leakage = []) {
  const { forms, rules } = index;
  const names = new Map(forms.map((form) => [form.key, form.name]));
  const score = scorerOf(index, needs);
  const kinds = needs.collections && needs.kind === "dataset" ? [needs.kind, "collection"] : [needs.kind];
  const choices = forms
    .map((form, place) => ({ form, place }))
    .filter(({ form }) => kinds.includes(form.kind))
    .map(({ form, place }) => {
      const scored = score(place);
      const given = answersOf(form, needs, rules);
      const reasons = reasonsOf(form, given, scored.matched, scored.advised);
      const choice = { key: form.key, name: form.name, score: scored.score, reasons, warnings: warningsOf(form, needs, names), unmet: given.filter((each) => each.met !== "yes") };
      return { confirmed: form.license.confirmed, choice };
    })
    .sort((a, b) => b.choice.score - a.choice.score || by(a.choice.key, b.choice.key));
  const confirmed = choices.filter((each) => each.confirmed).map((each) => each.choice);
  const unconfirmed = choices.filter((each) => !each.confirmed).map((each) => each.choice);
  const ranked = confirmed.filter((choice) => !choice.unmet.length);
  const topics = needs.region.length + needs.modality.length + needs.task.length + needs.without.length;
  const elsewhere = (choice) => choice.unmet.filter((each) => TOPIC.includes(each.about)).length;
  const failed = (unmet) => new Set(unmet.map((each) => (each.about === "demographics" ? each.about : each.need))).size;
  const beside = (choice) => failed(choice.unmet.filter((each) => each.about !== "commercial"));
  const near = [...confirmed].sort((a, b) => elsewhere(a) - elsewhere(b)).filter((choice) => failed(choice.unmet) === 1 && elsewhere(choice) < Math.max(topics, 1));
  const nearly = unconfirmed.filter((choice) => beside(choice) === 1 && elsewhere(choice) < Math.max(topics, 1));
  const here = confirmed.filter((choice) => !elsewhere(choice));
  const same = here.length ? here : confirmed;
  const fewest = same.length ? Math.min(...same.map((choice) => failed(choice.unmet))) : 0;
  const { near_misses: most, leakage_among: among } = rules.recommend;
  const searched = needs.left_over.filter((word) => !word.startsWith("not ") && candidates(index, stem(word)).length);
  const notUnderstood = needs.left_over.filter((word) => !searched.includes(word));
  const said = saidOf(needs);
  const understood = [
    said.length ? `Understood: ${said.join("; ")}.` : "No need was understood.",
    searched.length ? `Searched for: ${searched.join(", ")}.` : "",
    notUnderstood.length ? `Not understood: ${notUnderstood.join(", ")}.` : "",
  ];
  return {
    needs,
    said,
    understood: understood.filter(Boolean).join(" "),
    verdict: verdictOf(needs, ranked),
    ranked: withLeakage(ranked, leakage, among),
    near_misses: near.slice(0, most),
    not_confirmed: [...unconfirmed.filter((choice) => !beside(choice)), ...nearly.slice(0, most)],
    nearest: ranked.length ? [] : same.filter((choice) => failed(choice.unmet) === fewest).slice(0, most),
    searched,
    not_understood: notUnderstood,
  };
}
