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

function askedWords(question) {
  const spaced = fold(question).replaceAll("_", " ").replace(/(?<![0-9a-z.,-])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])/g, (found) => found.replaceAll(" ", ""));
  const plain = spaced.replace(/(?<=[0-9])[,.](?=[0-9]{3}(?![0-9]))/g, "");
  return plain.replace(/(?<=[a-z])(?=[0-9])/g, "_").match(ASKED) ?? [];
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
  const made = {
    synonyms,
    stop: new Set(rules.stop_words.trim().split(/\s+/).map(stem)),
    common: new Set(rules.common_words.trim().split(/\s+/).map(stem)),
    lexicon: phrasesOf(worded(lexicon)),
    negations: phrasesOf(negations.map((words) => [words, true])),
    bounds: phrasesOf([
      ...numbers.at_least.map((words) => [words, strict.has(words) ? "above" : "at_least"]),
      ...numbers.at_most.map((words) => [words, strict.has(words) ? "below" : "at_most"]),
    ]),
    after: phrasesOf(numbers.after.map((words) => [words, true])),
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

function countedAfter(asked, stems, start, rules) {
  const made = ready(rules);
  const { reach, stops } = rules.numbers;
  for (let place = start; place < Math.min(start + reach, asked.length); place += 1) {
    if (stops.includes(asked[place]) || /^_?[0-9]/.test(asked[place])) return null;
    for (const name of ["quantities", "counts"]) {
      const [found] = phrasesAt(made[name], stems, place);
      if (found) return [found[1], Array.from({ length: found[0] }, (_, at) => place + at)];
    }
  }
  return null;
}

// "CT scans, more than 1k": what is counted stands before the bound
function countedBefore(stems, end, rules) {
  const made = ready(rules);
  for (let place = end - 1; place > Math.max(-1, end - 2 - rules.numbers.reach); place -= 1) {
    for (const name of ["quantities", "counts"]) {
      const [found] = phrasesAt(made[name], stems, place);
      if (found) return [found[1], []];
    }
  }
  return null;
}

function askedNumber(asked, stems, place, rules) {
  const made = ready(rules);
  const bounded = phrasesAt(made.bounds, stems, place).find(([length]) => numberAt(asked, stems, place + length, rules)[0] !== null);
  const [length, bound] = bounded ?? [0, ""];
  const [value, end] = numberAt(asked, stems, place + length, rules);
  if (value === null) return null;
  const after = end < asked.length ? (phrasesAt(made.after, stems, end)[0]?.[0] ?? 0) : 0;
  const plain = !bound && !after && end === place + 1;
  const counted = countedAfter(asked, stems, end + after, rules) ?? (bound ? countedBefore(stems, place, rules) : null);
  if (!counted) return bound ? { length: end + after - place, size: null, counted: [] } : null;
  const [rule, places] = counted;
  if (plain && value < 10 && places[0] > end) return null;
  const amount = Math.floor(value + 0.5);
  const most = bound === "at_most" || bound === "below";
  const size = { quantities: rule.quantities ?? rule.counts ?? [], said: rule.counted ?? rule.said, least: most ? null : amount, most: most ? amount : null, strict: bound === "above" || bound === "below" };
  return { length: end + after - place, size, counted: places };
}

// ------------------------------------------------------------------ questions (questions.py)
const ACCESS_ORDER = ["open", "registration", "data_use_agreement", "credentialed"];
const LISTS = ["modality", "region", "organs", "conditions", "task", "stain", "populations", "origins", "labels", "demographics", "license", "sizes", "without", "apart_from", "named", "wishes", "waived", "words", "needed_words", "advice_words", "left_over", "unread", "respelled"];

export function readQuestion(question, rules) {
  const made = ready(rules);
  const asked = askedWords(question);
  const stems = asked.map(stem);
  const found = Object.fromEntries(LISTS.map((name) => [name, []]));
  const plain = { kind: "dataset", collections: false, splits: false, commercial: false, share_alike: "", access: "" };
  const counted = new Set();
  let [place, negated, joined, kind] = [0, false, "", ""];

  function rank(words, where) {
    for (const each of words) {
      if (made.stop.has(each)) continue;
      found.advice_words.push(each);
      if (where) found[where].push(each);
    }
  }
  function want(need, rule, words) {
    const made = (rule.any ? [rule.any] : rule.all.map((each) => [each])).map((values) => ({ values, said: rule.said, specialty: rule.specialty ?? "" }));
    if (negated) {
      for (const each of made) found.without.push([need, each]);
      return;
    }
    let wanted = made;
    if (joined === need && ["or", "nor"].includes(asked[place - 1]) && rule.any) {
      const last = found[need].pop();
      const said = last.said === made[0].said ? last.said : `${last.said} or ${made[0].said}`;
      wanted = [{ values: [...new Set([...last.values, ...made[0].values])], said, specialty: last.specialty || made[0].specialty }];
    }
    for (const each of wanted) {
      if (!found[need].some((other) => JSON.stringify(other.values) === JSON.stringify(each.values))) found[need].push(each);
    }
    if (rule.region && !found.region.some((each) => each.values.includes(rule.region))) {
      found.region.push({ values: [rule.region], said: rule.region.toLowerCase(), specialty: "" });
    }
    const named = need === "task" ? (rule.any ?? []).flatMap((value) => askedWords(value).map(stem)) : words;
    rank([...words, ...named], "");
    rank(named, rule.topic ? "words" : "needed_words");
    joined = need;
  }
  function mean(rule, words) {
    const { need } = rule;
    if (["modality", "region", "task"].includes(need)) want(need, rule, words);
    else if (["kind", "wish", "labels", "demographics", "splits", "commercial"].includes(need) && negated) {
      found.left_over.push(`not ${asked.slice(place, place + words.length).join(" ")}`);
    } else if (need === "kind") {
      kind ||= rule.value;
      rank(words, rule.topic ? "words" : "");
    } else if (need === "labels") {
      found.labels.push(rule.value);
      rank(words, rule.topic ? "words" : "needed_words");
    } else if (need === "demographics") found.demographics.push(...rule.all);
    else if (need === "splits" || need === "commercial") plain[need] = true;
    else if (need === "access") {
      const limits = [rule.value, plain.access || rule.value];
      plain.access = limits.reduce((least, each) => (ACCESS_ORDER.indexOf(each) < ACCESS_ORDER.indexOf(least) ? each : least));
    } else if (need === "wish") {
      found.wishes.push(rule.value);
      rank(words, rule.topic ? "words" : "");
    } else if (need === "topic") rank(words, "words");
  }
  function phrase() {
    let taken = 0;
    for (const [length, rule] of phrasesAt(made.lexicon, stems, place)) {
      if (taken !== 0 && taken !== length) break;
      if (!rule.when || rule.when === (negated ? "negated" : "affirmed")) {
        taken = length;
        mean(rule, stems.slice(place, place + length));
      }
    }
    if (taken) {
      negated = negated && ["or", "nor"].includes(asked[place + taken]);
      place += taken;
    }
    return taken > 0;
  }
  function otherWord() {
    const word = asked[place].replace(/^_+/, "");
    const stemmed = stems[place].replace(/^_+/, "");
    if (made.stop.has(stemmed) || !/^[a-z0-9]/.test(word)) {
      place += 1;
      return;
    }
    if (counted.has(place) || made.common.has(stemmed)) rank([stemmed], "");
    else if (negated) {
      found.left_over.push(`not ${word}`);
      negated = false;
    } else {
      found.left_over.push(word);
      rank([stemmed], "words");
    }
    place += 1;
    joined = "";
  }

  while (place < asked.length) {
    const number = askedNumber(asked, stems, place, rules);
    const word = asked[place];
    const negation = number ? null : phrasesAt(made.negations, stems, place)[0];
    if (number) {
      if (number.size) found.sizes.push(number.size);
      else found.left_over.push(asked.slice(place, place + number.length).join(" "));
      for (const each of number.counted) counted.add(each);
      place += number.length;
      joined = "";
    } else if ([",", ";", "but"].includes(word) || word === "or" || word === "nor") {
      if (word !== "or" && word !== "nor") {
        negated = false;
        joined = "";
      }
      place += 1;
    } else if (negation) {
      negated = true;
      joined = "";
      place += negation[0];
    } else if (!phrase()) otherWord();
  }
  for (const name of LISTS) found[name] = unique(found[name]);
  return { ...plain, kind: kind || "dataset", ...found };
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

