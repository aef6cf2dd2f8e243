// Words, rules and phrases without a kernel: the twin of `ranking_words.py` and `ranking_rules.py`, step for step. The files
// `ranking_*.js` and `ranking.js` are one module, in the order of `catalog_view.py`. Functions only; no page is touched.

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

const SIGNS = Object.entries({ _: " ", "\u03bc": "u", "\u00d7": "x", "%": " percent ", ">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤" });

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
    several: listOf(numbers.several),
    markets: Object.fromEntries(["words", "before", "joins"].map((name) => [name, new Set(rules.markets[name].map(stem))])),
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

// Whether a place that a question names is where something is sold, and not where data come from.
function isMarket(stems, place, length, rules) {
  const { words, before, joins } = ready(rules).markets;
  let first = place;
  while (first > 0 && joins.has(stems[first - 1])) first -= 1;
  const ahead = first < place ? stems.slice(Math.max(0, first - rules.markets.reach), first) : [];
  const behind = stems[Math.max(0, place - 1)] === "from" ? [] : stems.slice(place + length, place + length + 2);
  return ahead.some((each) => words.has(each) || before.has(each)) || behind.some((each) => words.has(each));
}
