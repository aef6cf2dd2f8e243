// Reading a question without a kernel: words, rules, numbers, needs. It stands before `ranking.js`, in one module with it; both are
// the twin of `workbench/catalog/registry`, step for step, and tests hold them to the same answers. Functions only.
//
//   needs = readQuestion(question, rules, index)     as `Needs.as_fields`; without an index no names of entries are known

// ------------------------------------------------------------------ words (ranking_words.py)
const WHOLE = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", "\u0131": "i" };
const WORD = /[a-z]+|[0-9]+/g;
const COMPOUND = /[a-z0-9]+(?:[-\u2010\u2011/.&][a-z0-9]+)*/g;
const ASKED = /_?[0-9]+(?:\.[0-9]+)?|[a-z]+|[,;<>≤≥+]/g;
const isNumber = (word) => /^[0-9]+$/.test(word);

const fold = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/[ßæœøłđðþ\u0131]/g, (letter) => WHOLE[letter]);

function stem(word) {
  if (word.length < 4 || isNumber(word[0])) return word;
  if (word.endsWith("ies") && word.length > 4) word = `${word.slice(0, -3)}y`;
  else if (word.endsWith("tases")) word = `${word.slice(0, -2)}is`;
  else if (/(sses|xes|ches|shes)$/.test(word)) word = word.slice(0, -2);
  else if (word.endsWith("s") && !/(ss|us|is)$/.test(word)) word = word.slice(0, -1);
  if (word.endsWith("ing") && word.length > 6) word = word.slice(0, -3);
  else if (word.endsWith("ed") && word.length > 5) word = word.slice(0, -2);
  return word.endsWith("e") && word.length > 3 ? word.slice(0, -1) : word;
}

const plainWords = (text) => fold(text).match(WORD) ?? [];
const wordsOf = (text) => plainWords(text).map(stem);
const squeeze = (text) => plainWords(text).join("");
const joinedWords = (text) => (fold(text).match(COMPOUND) ?? []).filter((each) => each.match(WORD).length > 1).map(squeeze);
const numberedWords = (text) => {
  const joined = joinedWords(text);
  return plainWords(text)
    .flatMap((word, at, words) => (at && isNumber(word) && !isNumber(words[at - 1]) ? [words[at - 1] + word] : []))
    .filter((each) => !joined.includes(each));
};

const SIGNS = Object.entries({ _: " ", "\u03bc": "u", "%": " percent ", ">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤" });

function askedWords(question) {
  const signed = SIGNS.reduce((text, [sign, word]) => text.replaceAll(sign, word), fold(question));
  const spaced = signed.replace(/(?<![0-9a-z.,-])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])/g, (found) => found.replaceAll(" ", ""));
  const decimal = spaced.replace(/(?<=[0-9]),(?=[0-9]{1,2} ?(?:thousand|million|mio|billion|k|m)(?![\p{L}\p{N}_]))/gu, ".");
  const plain = decimal.replace(/(?<=[0-9])[,.](?=[0-9]{3}(?![0-9]))/g, "").replace(/([0-9][km]?) ?[-\u2010-\u2015] ?(?=[0-9])/g, "$1 to ");
  return plain.replace(/(?<=[a-z])[-\u2010\u2011](?=[0-9])/g, "_").replace(/(?<=[a-z])(?=[0-9])/g, "_").match(ASKED) ?? [];
}

function distance(first, second, most) {
  if (Math.abs(first.length - second.length) > most) return most + 1;
  let last = [];
  let before = [];
  let row = Array.from({ length: second.length + 1 }, (_, j) => j);
  for (let i = 1; i <= first.length; i += 1) {
    [last, before, row] = [before, row, [i]];
    let least = i;
    for (let j = 1; j <= second.length; j += 1) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (first[i - 1] === second[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && first[i - 1] === second[j - 2] && first[i - 2] === second[j - 1]) cost = Math.min(cost, last[j - 2] + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
  }
  return Math.min(row[second.length], most + 1);
}

const rounded = (score) => Math.floor(score * 1000 + 0.5) / 1000;
const rarity = (found, of) => rounded(Math.log(1 + (of - found + 0.5) / (found + 0.5)));
const unique = (values) => [...new Map(values.map((each) => [JSON.stringify(each), each])).values()];
const total = (values) => values.reduce((sum, each) => sum + each, 0);
const by = (left, right) => (left < right ? -1 : left > right ? 1 : 0);
const count = (n) => n.toLocaleString("en-US");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
const blanked = (text) => text.replaceAll("_", " ");

function listed(words, last = "and") {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(` ${last} `);
}

// ------------------------------------------------------------------ rules (ranking_rules.py)
// What is worked out from the rules once: phrases by their first stem, the longest first; synonyms; words without meaning.
const prepared = new WeakMap();

function phrasesOf(pairs) {
  const found = new Map();
  for (const [words, meaning] of pairs) {
    const stems = askedWords(words).map(stem);
    if (!found.has(stems[0])) found.set(stems[0], []);
    found.get(stems[0]).push([stems, meaning]);
  }
  for (const phrases of found.values()) phrases.sort((a, b) => b[0].length - a[0].length);
  return found;
}

function phrasesAt(phrases, stems, place) {
  const here = phrases.get(stems[place]) ?? [];
  return here.filter(([phrase]) => phrase.every((each, at) => stems[place + at] === each)).map(([phrase, meaning]) => [phrase.length, meaning]);
}

// Lists of phrases that a text is searched for, made ready once; the stems of texts as well.
const lists = new WeakMap();
const stemsOf = new Map();

function holds(phrases, text) {
  if (!lists.has(phrases)) lists.set(phrases, phrasesOf(phrases.map((phrase) => [phrase, true])));
  if (!stemsOf.has(text)) stemsOf.set(text, askedWords(text).map(stem));
  const [found, stems] = [lists.get(phrases), stemsOf.get(text)];
  return stems.some((_, place) => phrasesAt(found, stems, place).length > 0);
}

function ready(rules) {
  if (prepared.has(rules)) return prepared.get(rules);
  const { lexicon, numbers, quantities, negations } = rules;
  const worded = (list) => list.flatMap((rule) => rule.words.map((words) => [words, rule]));
  const strict = new Set(numbers.strict);
  const counting = lexicon.filter((rule) => rule.counts).map((rule) => ({ ...rule, counted: { images: "images", slides: "slides", videos: "videos" }[rule.counts[0]] ?? "scans" }));
  const synonyms = new Map();
  for (const line of rules.synonyms) {
    const stems = [...new Set(line.split(/\s+/).map(stem))];
    for (const word of stems) synonyms.set(word, stems.filter((other) => other !== word));
  }
  const listOf = (words) => phrasesOf(words.map((each) => [each, true]));
  const stemsIn = (words) => new Set(words.flatMap((each) => askedWords(each).map(stem)));
  const made = {
    synonyms,
    known: stemsIn([...[...lexicon, ...quantities].flatMap((rule) => rule.words), ...negations, ...rules.apart, rules.stop_words, rules.common_words]),
    apart: listOf(rules.apart),
    trained: listOf(rules.trained),
    unneeded: listOf(rules.unneeded),
    testing: new Set(rules.testing.map(stem)),
    units: listOf(numbers.units),
    years: listOf(numbers.years),
    ages: listOf(numbers.ages),
    aged: new Set(numbers.aged.map(stem)),
    levels: new Set(numbers.levels.map(stem)),
    people: new Set(quantities[0].words.map(stem)),
    spelled: spelledWords(lexicon),
    stop: new Set(rules.stop_words.trim().split(/\s+/).map(stem)),
    common: new Set(rules.common_words.trim().split(/\s+/).map(stem)),
    lexicon: phrasesOf(worded(lexicon)),
    negations: listOf(negations),
    bounds: phrasesOf([
      ...numbers.at_least.map((words) => [words, strict.has(words) ? "above" : "at_least"]),
      ...numbers.at_most.map((words) => [words, strict.has(words) ? "below" : "at_most"]),
    ]),
    after: listOf(numbers.after),
    multipliers: new Map(Object.entries(numbers.multipliers).map(([word, factor]) => [stem(word), factor])),
    numberWords: new Map(Object.entries(numbers.words)),
    quantities: phrasesOf(worded(quantities)),
    counts: phrasesOf(worded(counting)),
  };
  prepared.set(rules, made);
  return made;
}

// ------------------------------------------------------------------ numbers (asked_numbers.py)
function numberAt(asked, stems, place, rules) {
  const { multipliers, numberWords } = ready(rules);
  if (place >= asked.length) return [null, place];
  const word = asked[place];
  let value;
  let end = place + 1;
  if (/^[0-9]/.test(word)) value = Number(word);
  else if (numberWords.has(word) && multipliers.has(stems[place + 1])) value = numberWords.get(word);
  else if (multipliers.has(stems[place]) && stems[place].length > 1) [value, end] = [1, place];
  else if ((numberWords.get(word) ?? 0) > 1) value = numberWords.get(word);
  else return [null, place];
  while (end < stems.length && multipliers.has(stems[end])) {
    value *= multipliers.get(stems[end]);
    end += 1;
  }
  return [value, end];
}

const [YEARS, OLDEST, LARGE, FEW] = [[1990, 2035], 110, 1000, 10];
const lengthOf = (phrases, stems, place) => (place < stems.length ? (phrasesAt(phrases, stems, place)[0]?.[0] ?? 0) : 0);

// what is counted after a number; never across another noun
function countedAfter(asked, stems, start, rules) {
  const made = ready(rules);
  const { reach, stops } = rules.numbers;
  for (let place = start; place < Math.min(start + reach, asked.length); place += 1) {
    const word = asked[place];
    if (stops.includes(word) || /^_*[0-9]/.test(word)) return null;
    for (const name of ["quantities", "counts"]) {
      const [found] = phrasesAt(made[name], stems, place);
      if (found) return [found[1], Array.from({ length: found[0] }, (_, at) => place + at)];
    }
    if (word.endsWith("s") && word !== stems[place]) return null;
  }
  return null;
}

// "more than 20k and less than 50k slides"
function countedBeyond(asked, stems, place, rules) {
  if (!["and", "but"].includes(asked[place]) || place + 1 >= asked.length) return null;
  const [, length] = boundAt(asked, stems, place + 1, rules);
  const [value, end] = numberAt(asked, stems, place + 1 + length, rules);
  return length && value !== null ? countedAfter(asked, stems, end, rules) : null;
}

// "CT scans, more than 1k": what is counted stands before the bound
function countedBefore(asked, stems, end, rules) {
  const made = ready(rules);
  const { reach, stops } = rules.numbers;
  for (let place = end - 1; place > Math.max(-1, end - 2 - reach); place -= 1) {
    for (const name of ["quantities", "counts"]) {
      const [found] = phrasesAt(made[name], stems, place);
      if (found) return [found[1], []];
    }
    const word = asked[place];
    if (/^[a-z]/.test(word) && (!made.known.has(stems[place]) || stops.includes(word)) && word !== "and") return null;
  }
  return null;
}

function boundAt(asked, stems, place, rules) {
  const found = place < stems.length ? phrasesAt(ready(rules).bounds, stems, place).find(([length]) => numberAt(asked, stems, place + length, rules)[0] !== null) : null;
  return found ? [found[1], found[0]] : ["", 0];
}

function unitAt(asked, stems, place, rules) {
  const made = ready(rules);
  if (["quantities", "counts"].some((name) => lengthOf(made[name], stems, place))) return 0;
  return asked[place + 1]?.startsWith("_") ? 0 : lengthOf(made.units, stems, place);
}

const sizeOf = (rule, least, most, strict = false) => ({ quantities: rule.quantities ?? rule.counts ?? [], said: rule.counted ?? rule.said, least, most, strict });
const isPerson = (stems, place, rules) => place >= 0 && ready(rules).people.has(stems[place]);

function askedRange(asked, stems, place, rules) {
  const between = asked[place] === "between";
  const start = place + (["between", "from"].includes(asked[place]) ? 1 : 0);
  let [first, middle] = numberAt(asked, stems, start, rules);
  if (first === null || ![["to"], ["and"]].some(([word]) => asked[middle] === word && (word === "to" || between))) return null;
  const [second, end] = numberAt(asked, stems, middle + 1, rules);
  if (second === null) return null;
  const typed = asked[middle + 1];
  if (middle === start + 1 && first < LARGE && end > middle + 2 && /^[0-9]/.test(typed)) first *= second / Number(typed);
  const unit = unitAt(asked, stems, end, rules);
  if (unit) return { length: end + unit - place, size: null, counted: [] };
  const counted = countedAfter(asked, stems, end, rules);
  if (!counted || (isPerson(stems, place - 1, rules) && counted[1][0] > end)) return start > place ? { length: end - place, size: null, counted: [] } : null;
  const [least, most] = [Math.min(first, second), Math.max(first, second)].map((each) => Math.floor(each + 0.5));
  return { length: end - place, size: sizeOf(counted[0], least, most), counted: counted[1] };
}

// a year or an age: "after 2020", "patients over 65"
function askedNoSize(asked, stems, place, rules) {
  const made = ready(rules);
  for (const kind of ["years", "ages"]) {
    const length = lengthOf(made[kind], stems, place);
    let [value, end] = length ? numberAt(asked, stems, place + length, rules) : [null, place];
    if (value === null || end !== place + length + 1) continue;
    if (["to", "and"].includes(asked[end]) && numberAt(asked, stems, end + 1, rules)[0] !== null) [, end] = numberAt(asked, stems, end + 1, rules);
    end += lengthOf(made.after, stems, end);
    const counted = countedAfter(asked, stems, end, rules);
    const aged = made.aged.has(stems[place]);
    if (counted && counted[1][0] === end && !aged) continue;
    const alone = aged || isPerson(stems, place - 1, rules);
    if (kind === "years" ? YEARS[0] <= value && value <= YEARS[1] : value <= OLDEST && alone) {
      return { length: end + unitAt(asked, stems, end, rules) - place, size: null, counted: [] };
    }
  }
  return null;
}

function askedOne(asked, stems, place, rules) {
  const made = ready(rules);
  const [bound, length] = boundAt(asked, stems, place, rules);
  let [value, end] = numberAt(asked, stems, place + length, rules);
  if (value === null) return null;
  let plain = !bound && end === place + 1;
  end += lengthOf(made.after, stems, end);
  const unit = unitAt(asked, stems, end, rules);
  if (unit) return { length: end + unit - place, size: null, counted: [] };
  plain = plain && end === place + 1;
  if (plain && place && made.levels.has(stems[place - 1])) return null;
  const counted = countedAfter(asked, stems, end, rules) ?? (bound ? (countedBeyond(asked, stems, end, rules) ?? countedBefore(asked, stems, place, rules)) : null);
  if (!counted) return bound ? { length: end - place, size: null, counted: [] } : null;
  const [rule, places] = counted;
  if (plain && value < FEW && places[0] > end) return null;
  const amount = Math.floor(value + 0.5);
  const most = bound === "at_most" || bound === "below";
  return { length: end - place, size: sizeOf(rule, most ? null : amount, most ? amount : null, bound === "above" || bound === "below"), counted: places };
}

const askedNumber = (...at) => askedRange(...at) ?? askedNoSize(...at) ?? askedOne(...at);

// ------------------------------------------------------------------ spelling (asked_spelling.py)
const [SHORTEST_TYPO, TYPO, TWO_TYPOS] = [5, 6, 9];

function spelledWords(lexicon) {
  const found = new Map();
  for (const word of lexicon.flatMap((rule) => rule.words.flatMap(askedWords))) {
    if (word.length < TYPO - 1 || !/^[a-z]+$/.test(word)) continue;
    if (!found.has(word[0])) found.set(word[0], new Map());
    const same = found.get(word[0]);
    const other = same.get(stem(word)) ?? word;
    same.set(stem(word), word.length < other.length || (word.length === other.length && word < other) ? word : other);
  }
  return found;
}

function respelled(word, entries, rules) {
  const made = ready(rules);
  const stemmed = stem(word);
  if (word.length < SHORTEST_TYPO || !/^[a-z]+$/.test(word) || made.known.has(stemmed) || entries.has(stemmed) || made.synonyms.has(stemmed)) return null;
  const most = word.length >= TWO_TYPOS ? 2 : 1;
  let best = null;
  for (const other of made.spelled.get(word[0])?.values() ?? []) {
    const typos = distance(stemmed, stem(other), most);
    if (typos < 1 || typos > most || (typos > 1 && word.at(-1) !== other.at(-1)) || (word.length <= SHORTEST_TYPO && other.length <= word.length)) continue;
    if (!best || typos < best[0] || (typos === best[0] && other < best[1])) best = [typos, other];
  }
  return best?.[1] ?? null;
}

// ------------------------------------------------------------------ names of entries (asked_names.py)
const [NAME_CAPITALS, NAME_SHORTEST] = [2, 3];
const namesIn = new WeakMap();

function askedNames(index, rules) {
  if (!index) return { phrases: new Map(), forms: new Map(), entries: null };
  if (namesIn.has(index)) return namesIn.get(index);
  const { known } = ready(rules);
  const keys = new Map();
  const said = new Map();
  for (const form of index.forms) {
    const names = [form.name, form.name.split(" (")[0], ...(form.texts.aliases ?? [])];
    const begun = form.name.match(/[A-Za-z0-9]+/)?.[0] ?? "";
    for (const first of [begun, begun.match(/^[A-Za-z]*/)[0]]) {
      if (first.length >= NAME_SHORTEST && !known.has(first.toLowerCase()) && (first.match(/[A-Z]/g) ?? []).length >= NAME_CAPITALS) names.push(first);
    }
    for (const name of names.sort((a, b) => [...a].length - [...b].length)) {
      const words = askedWords(name).join(" ");
      if (!keys.has(words)) keys.set(words, []);
      if (words && !keys.get(words).includes(form.key)) keys.get(words).push(form.key);
      if (!said.has(words)) said.set(words, name);
    }
  }
  keys.delete("");
  const made = {
    phrases: phrasesOf([...keys].map(([words, values]) => [said.get(words), { values, said: said.get(words), specialty: "" }])),
    forms: new Map(index.forms.map((form) => [form.key, form])),
    entries: index.postings,
  };
  namesIn.set(index, made);
  return made;
}

function nameAt(names, asked, stems, place, question, rules) {
  const { known } = ready(rules);
  return phrasesAt(names.phrases, stems, place).find(
    ([length, wanted]) => !stems.slice(place, place + length).every((each) => known.has(each)) || (length === 1 && question.match(/[A-Za-z0-9]+/g)?.includes(wanted.said)),
  );
}

function shownBy(names, keys, rules) {
  const shown = {};
  for (const [need, field] of Object.entries({ modality: "modality", region: "regions", organs: "organs", task: "tasks" })) {
    const told = keys.map((key) => names.forms.get(key)).map((form) => (field === "modality" && form.parts?.length ? form.parts[0] : form));
    const values = [...new Set(told.flatMap((each) => each[field]))];
    if (!values.length || ["Unknown", "Not Applicable", "Whole body"].some((each) => values.includes(each))) continue;
    const said = [];
    let left = values;
    for (const rule of rules.lexicon) {
      if (rule.need !== need || !rule.any?.length || !rule.any.every((each) => left.includes(each))) continue;
      said.push(rule.said);
      left = left.filter((value) => !rule.any.includes(value));
    }
    shown[need] = { values, said: [...said, ...left.map((value) => value.toLowerCase())].join(" or "), specialty: "" };
  }
  return shown;
}

// ------------------------------------------------------------------ what was found (asked_found.py)
const LISTS = ["modality", "region", "organs", "conditions", "task", "stain", "populations", "origins", "labels", "demographics", "license", "sizes", "without", "apart_from", "named", "wishes", "waived", "words", "needed_words", "advice_words", "left_over", "unread", "respelled"];
const ACCESS_ORDER = ["open", "registration", "data_use_agreement", "credentialed"];
const PLAIN = { kind: "dataset", collections: false, splits: false, commercial: false, share_alike: "", access: "" };
const sameValues = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const needsOf = ({ lists, plain }) => ({ ...PLAIN, ...plain, ...Object.fromEntries(LISTS.map((name) => [name, unique(lists[name])])) });
const copyOf = ({ lists, plain }) => ({ lists: Object.fromEntries(LISTS.map((name) => [name, [...lists[name]]])), plain: { ...plain } });

function wantOf({ lists }, name, wanted, joined) {
  const known = lists[name];
  let made = wanted;
  if (joined && known.length) {
    const last = known.pop();
    const said = last.said.split(" or ").includes(wanted.said) ? last.said : `${last.said} or ${wanted.said}`;
    made = { values: [...new Set([...last.values, ...wanted.values])], said, specialty: last.specialty || wanted.specialty };
  }
  if (!known.some((other) => sameValues(other.values, made.values))) known.push(made);
}

function noteName({ lists }, wanted) {
  const known = new Set(lists.named.flatMap((each) => each.values));
  if (!wanted.values.every((key) => known.has(key))) lists.named.push(wanted);
}

function countSize({ lists }, size) {
  const at = lists.sizes.findIndex(
    (other) => sameValues(other.quantities, size.quantities) && other.strict === size.strict && (other.least === null || size.least === null) && (other.most === null || size.most === null),
  );
  if (at < 0) lists.sizes.push(size);
  else lists.sizes[at] = { ...lists.sizes[at], least: lists.sizes[at].least ?? size.least, most: lists.sizes[at].most ?? size.most };
}

// ------------------------------------------------------------------ questions (questions.py)
const [NAME_SHORT, NAME_REACH] = [2, 10];
const STATED = { organ: "organs", condition: "conditions", stain: "stain", population: "populations", origin: "origins", license: "license" };
const NEVER_NEGATED = ["kind", "wish", "labels", "demographics", "splits", "commercial", "share_alike", ...Object.keys(STATED)];
const JOINING = ["or", "nor"];
const wantedOf = (values, said, specialty = "") => ({ values, said, specialty });
const bare = (word) => word.replace(/^_+/, "");

export function readQuestion(question, rules, index = null) {
  const made = ready(rules);
  const names = askedNames(index, rules);
  let found = { lists: Object.fromEntries(LISTS.map((name) => [name, []])), plain: {} };
  const asked = askedWords(question).map((word) => {
    const meant = names.entries ? respelled(word, names.entries, rules) : null;
    if (meant) found.lists.respelled.push([word, meant]);
    return meant ?? word;
  });
  const stems = asked.map(stem);
  const counted = new Set();
  const trainedOn = [];
  let [place, negated, joined, apart, chain, before] = [0, false, "", "", "", null];
  const named = (at) => nameAt(names, asked, stems, at, question, rules);
  const add = (name, ...values) => found.lists[name].push(...values);

  function take(length, keepsJoined = false) {
    place += length;
    if (!keepsJoined) joined = "";
  }
  function rank(words, where) {
    const kept = words.filter((each) => !made.stop.has(each));
    add("advice_words", ...kept);
    if (where) add(where, ...kept);
  }
  function apartPhrase() {
    for (const kind of ["apart", "trained"]) {
      for (const [length] of phrasesAt(made[kind], stems, place)) {
        if (kind === "trained" && (apart || found.plain.kind === "model" || !stems.some((each) => made.testing.has(each)))) continue;
        const reach = kind === "trained" ? 2 : NAME_REACH;
        if (Array.from({ length: reach }, (_, at) => place + length + at).some(named)) {
          apart = kind;
          negated = false;
          take(length);
          return true;
        }
      }
    }
    return false;
  }
  function name() {
    const at = named(place);
    if (!at) return false;
    let [length] = at;
    const wanted = at[1];
    const following = place + length;
    if (!negated && !apart) {
      noteName(found, wanted);
      if (stems.slice(place, following).some((each) => each.length > NAME_SHORT && made.known.has(each))) return false;
      add("left_over", ...asked.slice(place, following).map(bare));
      rank(stems.slice(place, following).map(bare), "words");
      take(length);
      return true;
    }
    if (negated) add("without", ["entry", wanted]);
    else if (apart === "trained") trainedOn.push(wanted);
    else add("apart_from", wanted);
    const goesOn = ["or", "nor", "and"].includes(asked[following]);
    if (!(goesOn && named(following + 1))) [negated, apart] = [false, ""];
    else if (asked[following] === "and") length += 1;
    take(length);
    return true;
  }
  function breaks() {
    const word = asked[place];
    const ends = [",", ";", "but"].includes(word);
    if (ends) [negated, chain] = [false, ""];
    else if (!JOINING.includes(word)) return false;
    if (!JOINING.includes(word)) joined = "";
    place += 1;
    return true;
  }
  function unneeded() {
    const [at] = phrasesAt(made.unneeded, stems, place);
    if (!at || !chain) return false;
    const known = saidOf(needsOf(before));
    const said = saidOf(needsOf(found)).filter((each) => !known.includes(each));
    if (!said.length) return false;
    [found, chain] = [before, ""];
    add("waived", ...said.map((each) => `${each.replace(/ known$/, "")} not needed`));
    take(at[0]);
    return true;
  }
  function negation() {
    const [at] = phrasesAt(made.negations, stems, place);
    if (!at || phrasesAt(made.lexicon, stems, place).some(([longer]) => longer > at[0])) return false;
    negated = true;
    take(at[0]);
    return true;
  }
  function fits(rule, end) {
    const company = new Set(rule.near || rule.far ? [...stems.slice(0, place), ...stems.slice(end)] : []);
    return (
      (!rule.when || rule.when === (negated ? "negated" : "affirmed")) &&
      (!rule.typed || rule.typed.includes(asked[end - 1])) &&
      (!rule.near || rule.near.some((each) => company.has(stem(each)))) &&
      (!rule.far || !rule.far.some((each) => company.has(stem(each)))) &&
      (!rule.not_before || !rule.not_before.includes(asked[end] ?? ""))
    );
  }
  function imply(rule) {
    const regions = [rule.region ?? []].flat();
    if (regions.length && !found.lists.region.some((each) => each.values.some((value) => regions.includes(value)))) {
      add("region", wantedOf(regions, rule.region_said ?? regions[0].toLowerCase()));
    }
    if (rule.modality && !found.lists.modality.length) {
      const implied = rules.lexicon.find((each) => each.any?.length && sameValues(each.any, rule.modality));
      add("modality", wantedOf(rule.modality, implied.said, implied.specialty ?? ""));
    }
  }
  function want(need, rule, words) {
    const wanted = (rule.any ? [rule.any] : rule.all.map((each) => [each])).map((values) => wantedOf(values, rule.said, rule.specialty ?? ""));
    if (negated) {
      add("without", ...wanted.map((each) => [need, each]));
      return;
    }
    const either = joined === need && JOINING.includes(asked[place - 1]) && Boolean(rule.any);
    for (const each of wanted) wantOf(found, need, each, either);
    if (rule.organs) wantOf(found, "organs", wantedOf(rule.organs, rule.organs[0]), either);
    imply(rule);
    const named = need === "task" ? (rule.any ?? []).flatMap((value) => askedWords(value).map(stem)) : words;
    rank([...words, ...named], "");
    rank(named, rule.topic ? "words" : "needed_words");
    joined = need;
  }
  function mean(rule, words) {
    const { need } = rule;
    if (["modality", "region", "task"].includes(need)) want(need, rule, words);
    else if (NEVER_NEGATED.includes(need) && negated) add("left_over", `not ${asked.slice(place, place + words.length).join(" ")}`);
    else if (STATED[need]) {
      const either = need === "license" || (joined === need && JOINING.includes(asked[place - 1]));
      wantOf(found, STATED[need], wantedOf(rule.any, rule.said), either);
      if (rule.organs) wantOf(found, "organs", wantedOf(rule.organs, rule.organs[0]), either);
      imply(rule);
      rank(words, need === "license" ? "" : "words");
      joined = need;
    } else if (["kind", "wish", "labels", "topic"].includes(need)) {
      rank(words, need === "topic" || rule.topic ? "words" : need === "labels" ? "needed_words" : "");
      if (need === "kind") found.plain.kind ??= rule.value;
      else if (need !== "topic") add(need === "wish" ? "wishes" : need, rule.value);
    } else if (need === "demographics") add("demographics", ...rule.all);
    else if (need === "access") {
      const limits = [rule.value, found.plain.access ?? rule.value];
      found.plain.access = limits.reduce((least, each) => (ACCESS_ORDER.indexOf(each) < ACCESS_ORDER.indexOf(least) ? each : least));
    } else if (need === "waived") add("waived", rule.said);
    else if (need !== "nothing") found.plain[need] = rule.value ?? true;
  }
  function goesOn(at) {
    const word = asked[at] ?? "";
    return /^[a-z]+$/.test(word) && !made.stop.has(stems[at]) && !made.common.has(stems[at]) && !JOINING.includes(word) && !phrasesAt(made.lexicon, stems, at).length;
  }
  function phrase() {
    let taken = 0;
    for (const [length, rule] of phrasesAt(made.lexicon, stems, place)) {
      if (taken !== 0 && taken !== length) break;
      if (!fits(rule, place + length)) continue;
      if (!taken) {
        if (rule.need !== chain || !["and", "or"].includes(asked[Math.max(0, place - 1)])) before = copyOf(found);
        chain = rule.need;
      }
      taken = length;
      if (negated && rule.need === "region" && goesOn(place + length)) {
        add("left_over", `not ${asked.slice(place, place + length + 1).join(" ")}`);
        taken += 1;
        break;
      }
      mean(rule, stems.slice(place, place + length));
    }
    if (taken) {
      negated = negated && JOINING.includes(asked[place + taken]);
      take(taken, true);
    }
    return taken > 0;
  }
  function otherWord() {
    const [word, stemmed] = [bare(asked[place]), bare(stems[place])];
    if (made.stop.has(stemmed) || !/^[a-z0-9]/.test(word)) {
      place += 1;
      return;
    }
    if (counted.has(place) || made.common.has(stemmed)) rank([stemmed], "");
    else if (negated) {
      add("left_over", `not ${word}`);
      negated = false;
    } else {
      add("left_over", word);
      if (/^[a-z]{3,}$/.test(word)) add("unread", word);
      rank([stemmed], "words");
    }
    take(1);
  }
  function finish() {
    if (!found.lists.named.length) add("apart_from", ...trainedOn);
    else for (const wanted of trainedOn) noteName(found, wanted);
    const others = found.lists.apart_from;
    if (!others.length || (found.plain.kind ??= "dataset") !== "dataset") return;
    const placed = found.lists.region.length ? "organs" : "";
    for (const [need, wanted] of Object.entries(shownBy(names, others.flatMap((each) => each.values), rules))) {
      if (need !== placed && !found.lists[need].length) add(need, wanted);
    }
  }

  while (place < asked.length) {
    if (apartPhrase() || name()) continue;
    const number = askedNumber(asked, stems, place, rules);
    if (number) {
      if (number.size) countSize(found, number.size);
      else add("left_over", asked.slice(place, place + number.length).join(" "));
      for (const each of number.counted) counted.add(each);
      take(number.length);
    } else if (!(breaks() || unneeded() || negation() || phrase())) otherWord();
  }
  finish();
  return needsOf(found);
}

// ------------------------------------------------------------------ needs in words (needs.py)
const ACCESS_SAID = { open: "no registration", registration: "no data use agreement", data_use_agreement: "no credentials", credentialed: "any access" };
const WISHES = { beginner: "to begin with", small: "small", scale: "as large as possible", longitudinal: "over time" };

function sizeWords({ said, least, most, strict }) {
  const [above, below] = strict ? ["more than", "fewer than"] : ["at least", "at most"];
  return [least !== null ? `${above} ${count(least)} ${said}` : "", most !== null ? `${below} ${count(most)} ${said}` : ""].filter(Boolean).join(" and ");
}

function saidOf(needs) {
  const said = needs.kind === "dataset" ? [] : [`a ${needs.kind}`];
  const topics = [...needs.region, ...needs.organs, ...needs.conditions, ...needs.modality, ...needs.stain, ...needs.task];
  said.push(...[...topics, ...needs.populations, ...needs.origins].map((each) => each.said), ...needs.labels);
  if (needs.splits) said.push("official splits");
  if (needs.demographics.length) said.push(`${listed(needs.demographics)} known`);
  if (needs.commercial) said.push("commercial use");
  if (needs.license.length) said.push(`license ${listed(needs.license.map((each) => each.said), "or")}`);
  if (needs.share_alike) said.push("no share-alike");
  if (needs.access) said.push(ACCESS_SAID[needs.access]);
  said.push(...needs.sizes.map(sizeWords), ...needs.without.map(([, each]) => `not ${each.said}`), ...needs.apart_from.map((each) => `no images of ${each.said}`));
  said.push(...needs.wishes.map((each) => WISHES[each]), ...needs.waived);
  return [...new Set(said)];
}

