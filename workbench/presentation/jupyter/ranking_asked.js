// Numbers, spelling and names in a question without a kernel: the twin of `asked_numbers.py`, `asked_spelling.py` and
// `asked_names.py`, step for step. Functions only.

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
  if (asked[place] === "x" && /^_*[0-9]/.test(asked[place + 1] ?? "")) return 2 + unitAt(asked, stems, place + 2, rules);
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

// More than one center, as in "multi-center".
function askedSeveral(asked, stems, place, rules) {
  const [at] = phrasesAt(ready(rules).several, stems, place);
  return at ? { length: at[0], size: { quantities: ["centers"], said: "centers", least: 2, most: null, strict: false }, counted: [] } : null;
}

const askedNumber = (...at) => askedSeveral(...at) ?? askedRange(...at) ?? askedNoSize(...at) ?? askedOne(...at);

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

