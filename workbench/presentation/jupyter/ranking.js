// Search and recommendations without a kernel: the twin of `workbench/catalog/registry`, step for step. Both read
// `data_catalog/ranking.yaml`; tests hold both to the same order and the same sentences. Functions only; no page is touched.
//
//   index = buildIndex(forms, rules)            what `ranking_bundle` gives: forms and rules
//   search(index, text, limit)                  [{key, score, matched}]
//   needs = readQuestion(question, rules, index)   `ranking_questions.js`, which stands before this
//   recommend(index, needs, leakage, collections)            {needs, said, understood, verdict, ranked, near_misses, not_confirmed, nearest, …}

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
      for (const word of [...plainWords(spelled), ...joinedWords(spelled), ...numberedWords(spelled)]) {
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
  const { exact, begins, close, collection_less: less } = index.rules.search.names;
  const most = typed.length < close.letters ? 0 : typed.length < close.letters_for_two ? 1 : 2;
  const mask = maskOf(typed);
  const named = new Map();
  index.names.forEach((names, place) => {
    for (const [name, squeezed, other] of names) {
      const begun = (begins * typed.length) / squeezed.length;
      if (typed.length >= close.letters && squeezed.length > typed.length && squeezed.startsWith(typed) && begun > (named.get(place)?.[0] ?? 0)) named.set(place, [begun, `the name: ${name}`]);
      if (Math.abs(squeezed.length - typed.length) > most || bits(mask ^ other) > 2 * most) continue;
      const typos = distance(typed, squeezed, most);
      if (typos > most) continue;
      const worth = (typos === 0 ? exact : close.worth - close.each_typo * typos) - (index.forms[place].kind === "collection" ? less : 0);
      if (worth > (named.get(place)?.[0] ?? 0)) named.set(place, [worth, `the name: ${name}`]);
    }
  });
  return named;
}

// a number counts only with the word before it, as in a name
function searchedTerms(text) {
  const words = plainWords(text);
  const terms = words.flatMap((word, at) => (!isNumber(word) ? [stem(word)] : at && !isNumber(words[at - 1]) ? [words[at - 1] + word] : []));
  return [...new Set(terms.length ? terms : words)];
}

export function search(index, text, limit = 10) {
  const { stop } = ready(index.rules);
  const typed = new Map(plainWords(text).reverse().map((word) => [stem(word), word]));
  const all = searchedTerms(text);
  const kept = all.filter((term) => !stop.has(term));
  const terms = new Map((kept.length ? kept : all).map((term) => [term, 1]));
  const scored = scoreTerms(index, terms, typed);
  const named = namedBy(index, squeeze(text));
  const hits = [...new Set([...scored.keys(), ...named.keys()])].map((place) => {
    const { score = 0, matched = [] } = scored.get(place) ?? {};
    const [worth, said] = named.get(place) ?? [0, ""];
    const counted = score * (index.forms[place].license.confirmed ? index.rules.search.confirmed : 1);
    return { key: index.forms[place].key, score: rounded(counted + worth), matched: said ? [...new Set([said, ...matched])] : matched };
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
const answer = (need, met, text, source, about, far = false) => ({ need, met, about, far, text, source });

const NAMED = ["name", "aliases", "conditions", "keywords", "guide"];
const TOLD = [...NAMED, "summary", "annotations"];
const MOST_NAMED = 4; // organs or conditions that a sentence names
const LOOK_THERE = "It holds many data sets; whether one of them has all of this is not known. Look there.";
const withinOrgans = (organs, rules) => [...new Set(organs.flatMap((organ) => [organ, ...(rules.organs_within[organ] ?? [])]))];
const speaksOf = (form, phrases, fields) => fields.some((name) => (form.texts[name] ?? []).some((text) => holds(phrases, text)));
const some = (stated) => (stated.length > MOST_NAMED ? `${stated.slice(0, MOST_NAMED).join(", ")} and others` : listed(stated));

function regionAnswer(form, wanted, needs, rules) {
  const shown = form.regions;
  if (!shown.length || (shown.length === 1 && ["Unknown", "Not Applicable"].includes(shown[0]))) {
    return answer(wanted.said, "unknown", "What part of the body it shows is not known.", "", "region");
  }
  const wider = covering(wanted.values, rules);
  const met = shown.some((each) => wider.includes(each));
  const byName = shown.some((each) => wanted.values.includes(each)) && !needs.organs.some((each) => each.said === wanted.said);
  return answer(wanted.said, met ? "yes" : "no", `Shows ${byName ? wanted.said : listed(shown)}.`, "", "region");
}

function organAnswer(form, wanted, rules) {
  const asked = withinOrgans(wanted.values, rules);
  if (form.organs.some((each) => asked.includes(each))) return answer(wanted.said, "yes", `Shows ${wanted.said}.`, "", "organs");
  if (form.organs.length) return answer(wanted.said, "no", `Shows ${some(form.organs)}.`, "", "organs");
  if (speaksOf(form, asked, ["name", "aliases", "conditions", "keywords"])) return answer(wanted.said, "yes", `Its keywords name ${wanted.said}.`, "", "organs");
  return answer(wanted.said, "unknown", "What organs it shows is not known.", "", "organs");
}

function conditionAnswer(form, wanted) {
  if (speaksOf(form, wanted.values, NAMED)) return answer(wanted.said, "yes", `It is about ${wanted.said}.`, "", "conditions");
  const stated = form.texts.conditions ?? [];
  if (stated.length) return answer(wanted.said, "no", `It is about ${some(stated.map((each) => (each === "healthy" ? "healthy people" : each)))}.`, "", "conditions");
  return answer(wanted.said, "unknown", `Whether it has ${wanted.said} is not known.`, "", "conditions");
}

function modalityAnswer(form, wanted, rules) {
  if (!form.modality.length) {
    const met = form.specialty === wanted.specialty || form.specialty === "several";
    const said = form.specialty ? `Its specialty is ${form.specialty}.` : "Its specialty is not known.";
    return answer(wanted.said, met ? "yes" : form.specialty ? "no" : "unknown", said, "", "modality");
  }
  if (form.modality.some((each) => wanted.values.includes(each))) return answer(wanted.said, "yes", `Kind of image: ${wanted.said}.`, "", "modality");
  const said = listed([...new Set(form.modality.map((each) => rules.modality_called[each] ?? each))]);
  return answer(wanted.said, "no", `Kind of image: ${said}.`, "", "modality");
}

function taskAnswer(form, wanted) {
  const met = form.tasks.some((each) => wanted.values.includes(each));
  return answer(wanted.said, met ? "yes" : "no", `Serves ${met ? wanted.said : listed(form.tasks)}.`, "", "task");
}

function spokenAnswer(form, wanted, about, what) {
  if (speaksOf(form, wanted.values, TOLD)) return answer(wanted.said, "yes", `Speaks of ${wanted.said}.`, "", about);
  return answer(wanted.said, "unknown", `It does not say ${what}.`, "", about);
}

function originAnswer(form, wanted) {
  if (!form.countries.length) return answer(wanted.said, "unknown", "Where its people live is not known.", "", "origins");
  return answer(wanted.said, form.countries.some((each) => wanted.values.includes(each)) ? "yes" : "no", `From ${listed(form.countries)}.`, "", "origins");
}

function labelAnswer(form, label) {
  const came = form.labels.length ? `Comes with ${listed(form.labels)}.` : "What labels it comes with is not known.";
  return answer(label, form.labels.includes(label) ? "yes" : form.labels.length ? "no" : "unknown", came, "", "labels");
}

// An organ on CT and another on MRI are no MRI of the first.
function inPart(form, part, kind, [about, place], labels, rules) {
  if (kind && !part.modality.some((each) => kind.values.includes(each))) return "no";
  const or = (own, whole) => (own.length ? own : whole);
  if (place && about === "region") {
    const wider = covering(place.values, rules);
    if (!or(part.regions, form.regions).some((each) => wider.includes(each))) return "no";
  }
  const organs = or(part.organs, form.organs);
  if (place && about === "organs" && organs.length) {
    const asked = withinOrgans(place.values, rules);
    if (!organs.some((each) => asked.includes(each))) return "no";
  }
  if (labels.every((each) => part.labels.includes(each))) return "yes";
  return part.labels.length ? "no" : "unknown";
}

const placesOf = (needs) => [...needs.region.map((each) => ["region", each]), ...needs.organs.map((each) => ["organs", each])];

function togetherAnswers(form, needs, rules) {
  const places = placesOf(needs);
  for (const kind of form.parts.length ? (needs.modality.length ? needs.modality : [null]) : []) {
    for (const place of places.length ? places : [["region", null]]) {
      const met = form.parts.map((part) => inPart(form, part, kind, place, needs.labels, rules));
      if (met.includes("yes")) continue;
      const named = [kind, place[1]].filter(Boolean).map((each) => each.said).join(" of ");
      const what = [named, listed(needs.labels)].filter(Boolean).join(" with ");
      const unknown = met.includes("unknown");
      return [answer(what, unknown ? "unknown" : "no", `${unknown ? "Whether a part of it is" : "No part of it is"} ${what}${unknown ? " is not known" : ""}.`, "", "parts")];
    }
  }
  return [];
}

function fittingParts(form, needs, rules) {
  const kinds = needs.modality.flatMap((each) => each.values);
  return form.parts.filter(
    (part) => (!kinds.length || part.modality.some((each) => kinds.includes(each))) && placesOf(needs).every((place) => inPart(form, part, null, place, [], rules) === "yes"),
  );
}

function askedTogether(form, needs) {
  const asked = { modality: needs.modality, regions: [...needs.region, ...needs.organs], tasks: needs.task, labels: needs.labels };
  const others = [needs.conditions, needs.stain, needs.populations, needs.origins].filter((each) => each.length).length;
  return others + Object.entries(asked).filter(([name, wanted]) => wanted.length && form[name].length > 1).length;
}

function imageAnswers(form, needs, rules) {
  const data = isSet(form);
  const given = [];
  if (data) {
    given.push(...needs.region.map((each) => regionAnswer(form, each, needs, rules)));
    if (!given.some((each) => each.met === "no")) given.push(...needs.organs.map((each) => organAnswer(form, each, rules)));
    given.push(...needs.conditions.map((each) => conditionAnswer(form, each)));
  }
  given.push(...needs.modality.filter((each) => data || form.modality.length || each.specialty).map((each) => modalityAnswer(form, each, rules)));
  if (data) given.push(...needs.stain.map((each) => spokenAnswer(form, each, "stain", "how tissue is stained")));
  given.push(...needs.task.map((each) => taskAnswer(form, each)));
  if (data) {
    given.push(...needs.populations.map((each) => spokenAnswer(form, each, "populations", "whom it shows")));
    given.push(...needs.origins.map((each) => originAnswer(form, each)));
    given.push(...needs.labels.map((each) => labelAnswer(form, each)));
  }
  if (given.some((each) => each.met !== "yes")) return given;
  if (form.platform && askedTogether(form, needs) > 1) return [...given, answer("all in one data set", "unknown", LOOK_THERE, "", "parts")];
  return [...given, ...togetherAnswers(form, needs, rules)];
}

function demographicAnswer(form, name) {
  const order = { yes: 0, partly: 1, unknown: 2, no: 3 };
  const [one, given] = name.split(" or ").map((each) => [each, form.demographics[each]]).reduce((best, each) => (order[each[1]] < order[best[1]] ? each : best));
  if (given === "unknown") return answer(`${name} known`, "unknown", `Whether ${one} is given is not known.`, "", "demographics");
  return answer(`${name} known`, metBy(given), GIVEN[given](one) + (form.demographics.third_party ? " Only a third party says so." : ""), form.demographics.page, "demographics");
}

function within(size, { least, most, strict }) {
  const open = size.qualifier === "at_least";
  const met = [];
  if (least !== null) {
    const enough = size.value > least || (size.value === least && (open || !strict));
    met.push(enough ? "yes" : open ? "unknown" : "no");
  }
  if (most !== null) {
    const few = size.value < most || (size.value === most && !strict);
    met.push(!few ? "no" : open ? "unknown" : "yes");
  }
  return ["no", "unknown"].find((each) => met.includes(each)) ?? "yes";
}

function sizesOf(form, needs, fitting) {
  if (form.parts.length && fitting.length === form.parts.length) return form.sizes;
  if (form.parts.length) {
    const found = {};
    for (const part of fitting) {
      for (const [name, size] of Object.entries(part.sizes)) {
        if (found[name] && size.value <= found[name].value) continue;
        found[name] = { value: size.value, qualifier: fitting.length > 1 ? "at_least" : size.qualifier, source: "", checked: "", page: "", part: part.name };
      }
    }
    return found;
  }
  const asked = needs.modality.flatMap((each) => each.values);
  const images = form.modality.filter((each) => each !== "TEXT");
  if (!asked.length || images.every((each) => asked.includes(each))) return form.sizes;
  return Object.fromEntries(Object.entries(form.sizes).filter(([name]) => name === "patients" && asked.includes(images[0])));
}

const isFar = (size, { least }) => least !== null && 2 * size.value < least;

function toldSize(name, size) {
  if (size.part) return `${amount(name, size)}, counting ${size.part}`;
  const agreed = size.checked ? `, and ${STATED_BY[size.checked]} ${saying(size.checked, "agree")}` : "";
  return `${amount(name, size)}, ${saying(size.source)} ${STATED_BY[size.source]}${agreed}`;
}

// What as a whole has less than is asked of a part or a kind of it.
function tooSmall(form, wanted, need) {
  const whole = wanted.quantities.filter((name) => form.sizes[name]).map((name) => [name, form.sizes[name]]);
  if (wanted.least === null || !whole.length || whole.some(([, size]) => within(size, wanted) !== "no")) return null;
  const [name, size] = whole[0];
  return answer(need, "no", `${toldSize(name, size)}.`, size.page, "size", whole.every(([, each]) => isFar(each, wanted)));
}

function sizeAnswer(form, wanted, needs, fitting) {
  const need = sizeWords(wanted);
  if (form.platform) return answer(need, "unknown", "Its numbers count many data sets; look there.", "", "size");
  const small = tooSmall(form, wanted, need);
  if (small) return small;
  const sizes = sizesOf(form, needs, fitting);
  const known = wanted.quantities.filter((name) => sizes[name]).map((name) => [within(sizes[name], wanted), name, sizes[name]]);
  if (!known.length) {
    const apart = wanted.quantities.some((name) => form.sizes[name]);
    return answer(need, "unknown", `How many ${wanted.said} it has ${apart ? "of this kind " : ""}is not known.`, "", "size");
  }
  const order = wanted.least !== null ? ["yes", "unknown", "no"] : ["no", "unknown", "yes"];
  const [met, name, size] = known.reduce((best, each) => (order.indexOf(each[0]) < order.indexOf(best[0]) ? each : best));
  const far = met === "no" && known.every(([, , each]) => isFar(each, wanted));
  return answer(need, met, `${toldSize(name, size)}.`, size.page, "size", far);
}

function apartAnswer(form, wanted, need, shared) {
  for (const key of wanted.values) {
    const said = key === form.key ? `It is ${wanted.said}.` : shared(key, form.key);
    if (said) return answer(need, "no", said, "", "without");
  }
  return answer(need, "yes", `No images in common with ${wanted.said} are recorded.`, "", "without");
}

function withoutAnswer(form, what, wanted, rules) {
  const values = form[{ modality: "modality", region: "regions", task: "tasks" }[what]];
  const need = `not ${wanted.said}`;
  if (!values.length || (values.length === 1 && values[0] === "Unknown")) return answer(need, "unknown", "What it has is not known.", "", "without");
  const unwanted = what === "region" ? covering(wanted.values, rules) : wanted.values;
  const has = values.filter((each) => unwanted.includes(each));
  return answer(need, has.length ? "no" : "yes", has.length ? `It has ${listed(has)}.` : `It has only ${listed(values)}.`, "", "without");
}

const SHARE_ALIKE = {
  no: ["yes", "What is made from it may carry any license."],
  yes: ["no", "What is made from it and shared must carry the same license (share-alike)."],
  unknown: ["unknown", "Whether what is made from it must carry the same license is not known."],
};
const REDISTRIBUTION = { yes: "Passing it on is allowed", no: "Passing it on is not allowed", unknown: "Whether it may be passed on is not known" };
const ATTRIBUTION = { no: ["yes", "Nobody has to be credited."], yes: ["no", "Credit is required."], unknown: ["unknown", "Whether credit is required is not known."] };
const UNSETTLED = ["unknown", "LicenseRef-varies-by-collection"];

function termsAnswers(form, needs) {
  const { license, access } = form;
  const given = [];
  if (needs.commercial) {
    const said = { yes: "Commercial use is allowed", no: "Commercial use is not allowed", unknown: "Whether commercial use is allowed is not known" }[license.commercial];
    const words = license.words ? `, “${license.words}”` : "";
    given.push(answer("commercial use", license.commercial, `${said}: ${license.name}${words}.`, license.page, "commercial"));
  }
  if (needs.license.length) {
    const wanted = needs.license.flatMap((each) => each.values);
    const need = `license ${listed(needs.license.map((each) => each.said), "or")}`;
    const met = wanted.includes(license.id) ? "yes" : UNSETTLED.includes(license.id) ? "unknown" : "no";
    given.push(answer(need, met, `License: ${license.name}.`, license.page, "license"));
  }
  if (needs.share_alike) {
    const [met, said] = SHARE_ALIKE[license.share_alike] ?? SHARE_ALIKE.unknown;
    given.push(answer("no share-alike", met, said, license.page, "license"));
  }
  if (needs.redistribution) given.push(answer("passing it on", metBy(license.redistribution), `${REDISTRIBUTION[license.redistribution]}: ${license.name}.`, license.page, "license"));
  if (needs.attribution) {
    const [met, said] = ATTRIBUTION[license.attribution];
    given.push(answer("no attribution", met, said, license.page, "license"));
  }
  if (needs.access) {
    const allowed = ACCESS_ORDER.slice(0, ACCESS_ORDER.indexOf(needs.access) + 1);
    const met = access.kind === "unknown" ? "unknown" : allowed.includes(access.kind) ? "yes" : "no";
    given.push(answer(ACCESS_SAID[needs.access], met, ACCESS[access.kind], access.page, "access"));
  }
  return given;
}

function answersOf(form, needs, rules, shared) {
  const given = imageAnswers(form, needs, rules);
  if (isSet(form)) {
    if (needs.splits) given.push(answer("official splits", metBy(form.splits), SPLITS[form.splits], "", "splits"));
    given.push(...needs.demographics.map((each) => demographicAnswer(form, each)));
  }
  const fitting = fittingParts(form, needs, rules);
  given.push(...termsAnswers(form, needs), ...needs.sizes.map((each) => sizeAnswer(form, each, needs, fitting)));
  given.push(...needs.without.map(([what, each]) => (what === "entry" ? apartAnswer(form, each, `not ${each.said}`, shared) : withoutAnswer(form, what, each, rules))));
  given.push(...needs.apart_from.map((each) => apartAnswer(form, each, `no images of ${each.said}`, shared)));
  return given;
}

// ------------------------------------------------------------------ reasons and warnings (reasons.py)
const RELATED = { subset_of: "Subset of", edition_of: "An edition of", derived_from: "Derived from", annotations_of: "Annotates images of", overlaps: "Shares images with", same_patients: "Has other images of patients of" };
const MAIN = ["patients", "studies", "slides", "images", "volumes", "series", "videos", "patches", "reports"];
const remark = (text, source = "") => ({ text, source });

function reasonsOf(given, matched, advised) {
  const organs = given.some((each) => each.about === "organs" && each.met === "yes");
  const met = given.filter((each) => each.met === "yes" && !(organs && each.about === "region"));
  const said = unique(met.map((each) => remark(each.text, each.source)));
  said.push(...advised.map((sentence) => remark(`The guides advise: “${sentence}”`)));
  const told = matched.filter((each) => each.slice(each.lastIndexOf(": ") + 2).length >= 3);
  if (told.length) said.push(remark(`Found in ${told.join("; ")}.`));
  return said;
}

function termsWarnings({ license, access, contested }) {
  const said = [];
  if (!license.confirmed) said.push(remark("Its license is not confirmed: nothing may be concluded about its use."));
  else if (license.commercial === "no") said.push(remark(`Not for commercial use: ${license.name}.`, license.page));
  else if (license.commercial === "unknown") said.push(remark(`Read its terms before any commercial use: ${license.name}.`, license.page));
  said.push(...contested.map((each) => remark(`Its terms are disputed: ${each.text}`, each.page)));
  if (license.confirmed && license.asked) said.push(remark(license.asked, license.page));
  if (license.share_alike === "yes") said.push(remark("What is made from it and shared must carry the same license (share-alike).", license.page));
  if (access.kind === "credentialed") said.push(remark("Access needs credentials.", access.page));
  if (access.kind === "data_use_agreement") said.push(remark("Access needs a data use agreement.", access.page));
  return said;
}

function peopleWarnings(form, needs) {
  const asked = needs.demographics.flatMap((name) => name.split(" or "));
  if (!isSet(form) || !asked.length) return [];
  const stated = form.demographics;
  const those = (names, given) => names.filter((name) => stated[name] === given && asked.includes(name));
  const [absent, unknown] = [those(["age", "sex"], "no"), those(["age", "sex"], "unknown")];
  const partly = those(["age", "sex", "race", "ethnicity"], "partly");
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
    if (FIRST_HAND.includes(size.source) || FIRST_HAND.includes(size.checked)) continue;
    const why = size.checked ? "no page of its creators that was read says so" : "no page that was read agrees";
    said.push(remark(`${amount(name, size)}, ${saying(size.source)} ${STATED_BY[size.source]}; ${why}.`));
  }
  for (const { amount: stated, source, checked, words, note, page } of form.disputed) {
    const other = `; ${STATED_BY[checked]} ${saying(checked)} otherwise${words ? `: “${words}”` : ""}.`;
    said.push(remark(`${capital(STATED_BY[source])} ${saying(source)} ${stated}${note ? `: ${note}` : other}`, page));
  }
  for (const each of form.issues) said.push(remark(`Known issue: ${each.issue}`, each.page));
  if (form.idc) said.push(remark(form.idc));
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
  for (const word of [...terms.keys()]) if (isNumber(word)) terms.delete(word);
  const quiet = new Set([...needs.advice_words, ...needs.needed_words].filter((word) => !needs.words.includes(word)));
  const found = scoreTerms(index, terms, new Map(needs.left_over.map((word) => [stem(word), word])), quiet);
  const wishes = rules.lexicon.filter((rule) => rule.need === "wish" && needs.wishes.includes(rule.value));
  const rare = (word) => rarityIn(index, word);
  const whole = total(needs.advice_words.map(rare));
  const topics = needs.advice_words.filter((word) => !ready(rules).common.has(word));

  function advice(form) {
    let best = [0, []];
    for (const sentence of form.advice) {
      const stems = new Set(wordsOf(sentence));
      const spoken = (word) => stems.has(word) || (synonyms.get(word) ?? []).some((other) => stems.has(other));
      const held = total(needs.advice_words.filter(spoken).map(rare));
      const share = whole ? held / whole : 0;
      let worth = 0;
      const enough = share >= weights.advice_floor;
      if (topics.some(spoken) || (enough && !topics.length)) worth += weights.advised + (enough ? weights.advice * share : 0);
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
  const named = (form) => (needs.named.some((each) => each.values.includes(form.key)) ? weights.named : 0);
  return (place) => {
    const form = forms[place];
    const { score = 0, matched = [] } = found.get(place) ?? {};
    const [worth, advised] = advice(form);
    return { score: rounded(score + worth + focus(form) + wished(form) + terms_(form) + named(form)), matched, advised };
  };
}

// ------------------------------------------------------------------ recommendations (recommending.py)
const TOPIC = ["region", "organs", "conditions", "modality", "stain", "task", "parts", "without"];
const ELSEWHERE = ["region", "organs", "modality", "parts"];
const failed = (unmet) => new Set(unmet.map((each) => (each.about === "demographics" ? each.about : each.need))).size;
const elsewhere = (choice) => choice.unmet.filter((each) => TOPIC.includes(each.about)).length;
const topicsOf = (needs) => total(["region", "organs", "conditions", "modality", "stain", "task", "without", "apart_from"].map((name) => needs[name].length));
const tellsOf = (warning, name) => Object.values(RELATED).some((said) => warning.text.startsWith(`${said} ${name}.`));

function isNear(choice, needs, loosely = false) {
  const topics = choice.unmet.filter((each) => TOPIC.includes(each.about));
  const lost = new Set(topics.filter((each) => each.met === "no").map((each) => each.about));
  const unmet = new Set(topics.map((each) => each.about));
  // one thing may be unknown of it, if another is met
  if (!lost.size) return !topics.length || (new Set(topics.map((each) => each.need)).size < 2 && elsewhere(choice) < topicsOf(needs));
  if (lost.has("without")) return false;
  const placed = needs.kind === "dataset" && (needs.organs.length || needs.region.length);
  const place = !placed ? [] : needs.organs.length && !lost.has("region") ? ["organs"] : ["region"];
  const told = [...place, ...(needs.modality.length ? ["modality"] : [])];
  const shown = told.length ? told : needs.conditions.length ? ["conditions"] : [];
  const alike = !shown.length || shown.some((name) => !lost.has(name));
  const purpose = (needs.task.length && !unmet.has("task")) || (needs.conditions.length && !unmet.has("conditions")) || choice.matched;
  const open = loosely && !(needs.task.length || needs.conditions.length || needs.words.length);
  return Boolean(alike && (purpose || open) && elsewhere(choice) < topicsOf(needs));
}

// Where no need was understood, only what the question names or, failing that, what holds one of its words.
function isSpokenOf(choice, needs) {
  if (saidOf(needs).length) return true;
  if (needs.named.length) return needs.named.some((each) => each.values.includes(choice.key));
  return choice.matched || !(needs.words.length || needs.unread.length);
}

function nearestOf(confirmed, needs) {
  if (!saidOf(needs).length) return [];
  const here = confirmed.filter((choice) => !elsewhere(choice));
  const same = here.length ? here : confirmed.filter((choice) => isNear(choice, needs, true) && elsewhere(choice) < 2);
  const fewest = same.length ? Math.min(...same.map((choice) => failed(choice.unmet))) : 0;
  return same.filter((choice) => failed(choice.unmet) === fewest);
}

function withLeakage(ranked, shared, among) {
  const first = ranked.slice(0, among);
  const warned = first.map((choice) => {
    const others = first.filter(({ key }) => key !== choice.key).map(({ key, name }) => [name, shared(choice.key, key)]);
    const kept = choice.warnings.filter((each) => !others.some(([name, said]) => said && tellsOf(each, name)));
    return { ...choice, warnings: [...kept, ...others.filter(([, said]) => said).map(([, said]) => remark(said))] };
  });
  return [...warned, ...ranked.slice(first.length)];
}

function verdictOf(needs, { meeting, absent, unspoken, searched, not_understood: not }, choices) {
  const what = { dataset: "data set", model: "model", framework: "framework" }[needs.kind];
  const many = `${meeting} ${what}${meeting === 1 ? "" : "s"}`;
  const silent = absent.length ? `no entry speaks of ${listed(absent.map((word) => `“${word}”`), "or")}` : "";
  if (!saidOf(needs).length) {
    if (silent) return `No need was understood, and ${silent}.`;
    if (needs.named.length) return `No need was understood; the question names ${listed(needs.named.map((each) => each.said))}.`;
    if (needs.words.length) return `No need was understood; ${meeting} confirmed ${what}${meeting === 1 ? " holds" : "s hold"} the words.`;
    return `Nothing narrows the catalog: ${many}.`;
  }
  if (!saidOf({ ...needs, wishes: [], waived: [] }).length) return `Nothing narrows the catalog: ${many}, ordered by what is wished${silent && `; ${silent}`}.`;
  const wanted = searched.length || not.length ? "the needs that were understood" : "all needs";
  const said = meeting ? `${many} ${meeting > 1 ? "meet" : "meets"} ${wanted}` : `No ${what} with a confirmed license meets ${wanted}`;
  const unheard = unspoken.length ? `none of them speaks of ${listed(unspoken.map((word) => `“${word}”`), "or")}` : silent;
  return `${[said, unheard].filter(Boolean).join("; ")}.${toldOf(choices, needs)}`;
}

// What becomes of the entries that the question names.
function toldOf(choices, needs) {
  const named = needs.named.flatMap((each) => each.values);
  return choices
    .filter(({ key }) => named.includes(key))
    .map(({ name, unmet }) => {
      const lacking = [...new Set(unmet.filter((each) => each.met === "no").map((each) => each.need))];
      const open = [...new Set(unmet.filter((each) => each.met === "unknown").map((each) => each.need))];
      const passed = unmet.filter((each) => each.need === "passing it on").map(({ text }) => ` ${name}: ${text[0].toLowerCase()}${text.slice(1)}`);
      if (lacking.length) return ` ${name} does not meet: ${listed(lacking)}.${passed.join("")}`;
      return open.length ? ` Of ${name} it is not known: ${listed(open)}.` : ` ${name} meets them.`;
    })
    .join("");
}

// The collections that meet every need, named where few entries do (apart.py).
function meetingCollections(forms, needs, ranked, rules) {
  const apart = needs.apart_from.length || needs.without.some(([what]) => what === "entry");
  const narrowed = saidOf({ ...needs, wishes: [], waived: [] }).length;
  if (ranked >= rules.recommend.collections.below || needs.kind !== "dataset" || needs.collections || apart || !narrowed) return [];
  const met = forms.filter((form) => form.license.confirmed && answersOf(form, needs, rules, () => null).every((each) => each.met === "yes"));
  const people = (form) => form.sizes.patients?.value ?? 0;
  return met.sort((a, b) => people(b) - people(a) || by(a.key, b.key)).map((form) => form.name);
}

function toldCollections(names, { named: most }) {
  if (!names.length) return "";
  const named = [...names.slice(0, most), ...(names.length > most ? [`${names.length - most} more`] : [])];
  return `Collections of the Imaging Data Commons that meet what was understood: ${listed(named)}. Include collections to see them.`;
}

export function recommend(index, needs, leakage = [], collections = []) {
  const { forms, rules } = index;
  const names = new Map(forms.map((form) => [form.key, form.name]));
  const pairs = new Map(leakage.map(([one, other, said]) => [`${one} ${other}`, said]));
  const shared = (one, other) => (names.has(one) && names.has(other) ? pairs.get([one, other].sort().join(" ")) : undefined);
  const score = scorerOf(index, needs);
  const kinds = needs.collections && needs.kind === "dataset" ? [needs.kind, "collection"] : [needs.kind];
  const choices = forms
    .map((form, place) => ({ form, place }))
    .filter(({ form }) => kinds.includes(form.kind))
    .map(({ form, place }) => {
      const scored = score(place);
      const given = answersOf(form, needs, rules, shared);
      const reasons = reasonsOf(given, scored.matched, scored.advised);
      const unmet = given.filter((each) => each.met !== "yes");
      const choice = { key: form.key, name: form.name, score: scored.score, reasons, warnings: warningsOf(form, needs, names), unmet, matched: scored.matched.length > 0 };
      return { confirmed: form.license.confirmed, choice };
    })
    .sort((a, b) => b.choice.score - a.choice.score || by(a.choice.key, b.choice.key));
  const spoken = choices.filter(({ choice }) => isSpokenOf(choice, needs));
  const confirmed = spoken.filter((each) => each.confirmed).map((each) => each.choice);
  const unconfirmed = spoken.filter((each) => !each.confirmed).map((each) => each.choice);

  const idle = new Set(rules.idle_words.trim().split(/\s+/).map(stem));
  const speaks = (word) => index.postings.has(word) || related(index, word).length > 0;
  const absent = needs.unread.filter((word) => !idle.has(stem(word)) && !speaks(stem(word)));
  const searched = needs.left_over.filter((word) => !word.startsWith("not ") && candidates(index, stem(word)).length && !absent.includes(word));
  const notUnderstood = needs.left_over.filter((word) => !searched.includes(word));

  const { near_misses: most, near_elsewhere: mostElsewhere, not_confirmed: mostUnconfirmed, leakage_among: among } = rules.recommend;
  const meeting = confirmed.filter((choice) => !choice.unmet.length);
  const unread = needs.unread.filter((word) => !idle.has(stem(word)));
  const holders = new Map(unread.map((word) => [word, new Set([...scoreTerms(index, new Map([[stem(word), 1]]), new Map()).keys()].map((place) => forms[place].key))]));
  const held = unread.some((word) => meeting.some(({ key }) => holders.get(word).has(key)));
  const unspoken = held || absent.length || !meeting.length ? [] : unread;
  const undecided = absent.length > 0 || unspoken.length > 0;
  const shows = (choice) => choice.unmet.some((each) => ELSEWHERE.includes(each.about));
  const near = confirmed.filter((choice) => failed(choice.unmet) === 1 && isNear(choice, needs) && !choice.unmet.some((each) => each.far));
  const told = [...near.filter((each) => !elsewhere(each)), ...near.filter((each) => elsewhere(each) && !shows(each)), ...near.filter(shows).slice(0, mostElsewhere)];
  const beside = (choice) => failed(choice.unmet.filter((each) => !["commercial", "license"].includes(each.about)));
  const rest = [...unconfirmed.filter((choice) => !beside(choice)), ...unconfirmed.filter((choice) => beside(choice) === 1 && isNear(choice, needs))];

  const said = saidOf(needs);
  const understood = [
    said.length ? `Understood: ${said.join("; ")}.` : "No need was understood.",
    ...needs.respelled.map(([typed, meant]) => `Read “${typed}” as “${meant}”.`),
    searched.length ? `Searched for: ${searched.join(", ")}.` : "",
    notUnderstood.length ? `Not understood: ${notUnderstood.join(", ")}.` : "",
  ];
  const nearest = !undecided && meeting.length ? [] : nearestOf(confirmed, needs).slice(0, most);
  const found = { searched, not_understood: notUnderstood, absent, unspoken, meeting: meeting.length };
  const ranked = undecided ? [] : withLeakage(meeting, shared, among);
  const apart = meetingCollections(collections, needs, ranked.length, rules);
  return {
    needs,
    said,
    understood: understood.filter(Boolean).join(" "),
    verdict: verdictOf(needs, found, choices.map((each) => each.choice)),
    ranked,
    collections: apart,
    collections_said: toldCollections(apart, rules.recommend.collections),
    near_misses: undecided ? [] : told.slice(0, most),
    not_confirmed: undecided && !said.length ? [] : rest.slice(0, mostUnconfirmed),
    nearest,
    nearest_title: nearest.length ? (meeting.length ? "Meeting what was understood:" : "Nearest:") : "",
    ...found,
  };
}
