// Reading a question without a kernel: the twin of `asked_found.py`, `questions.py` and `needs.py`, step for step; tests hold
// both to the same needs. Functions only.
//
//   needs = readQuestion(question, rules, index)     as `Needs.as_fields`; without an index no names of entries are known

// ------------------------------------------------------------------ what was found (asked_found.py)
const LISTS = ["modality", "region", "organs", "conditions", "task", "stain", "populations", "origins", "labels", "demographics", "license", "sizes", "without", "apart_from", "named", "wishes", "waived", "words", "needed_words", "advice_words", "left_over", "unread", "respelled"];
const ACCESS_ORDER = ["open", "registration", "data_use_agreement", "credentialed"];
const PLAIN = { kind: "dataset", collections: false, splits: false, commercial: false, share_alike: "", redistribution: false, attribution: "", access: "" };
const sameValues = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const needsOf = ({ lists, plain }) => {
  const found = Object.fromEntries(LISTS.map((name) => [name, unique(lists[name])]));
  // a word of a name that was read is no word that nobody understood
  const named = new Set(found.named.flatMap((each) => askedWords(each.said)));
  return { ...PLAIN, ...plain, ...found, unread: found.unread.filter((word) => !named.has(word)) };
};
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
const [NAME_SHORT, NAME_REACH, NAME_INSTEAD] = [2, 10, stem("alternative")];
const STATED = { organ: "organs", condition: "conditions", stain: "stain", population: "populations", origin: "origins", license: "license" };
const NEVER_NEGATED = ["kind", "wish", "labels", "demographics", "splits", "commercial", "share_alike", "redistribution", "attribution", ...Object.keys(STATED)];
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
  function namesGoOn(at) {
    let next = null;
    while (asked[at] === "," && (next = named(at + 1))) at += 1 + next[0];
    return ["and", "or", "nor"].includes(asked[at]) && Boolean(named(at + 1));
  }
  function name() {
    const at = named(place);
    if (!at) return false;
    let [length] = at;
    const wanted = at[1];
    const following = place + length;
    if (stems[following] === NAME_INSTEAD) [apart, length] = ["apart", length + 1];
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
    if (!namesGoOn(following)) [negated, apart] = [false, ""];
    else if (["and", ","].includes(asked[following])) length += 1;
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
    else if (need === "origin" && isMarket(stems, place, words.length, rules)) {
      found.plain.commercial = true;
      add("left_over", ...asked.slice(place, place + words.length));
    } else if (NEVER_NEGATED.includes(need) && negated) add("left_over", `not ${asked.slice(place, place + words.length).join(" ")}`);
    else if (STATED[need]) {
      const either = need === "license" || (joined === need && JOINING.includes(asked[place - 1]));
      wantOf(found, STATED[need], wantedOf(rule.any, rule.said), either);
      if (rule.organs) wantOf(found, "organs", wantedOf(rule.organs, rule.organs[0]), either);
      imply(rule);
      rank(words, need === "license" ? "" : "words");
      joined = need;
    } else if (need === "topic") {
      add("left_over", ...asked.slice(place, place + words.length));
      rank(words, "words");
    } else if (["kind", "wish", "labels"].includes(need)) {
      rank(words, rule.topic ? "words" : need === "labels" ? "needed_words" : "");
      if (need === "kind") found.plain.kind ??= rule.value;
      else add(need === "wish" ? "wishes" : need, rule.value);
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
      if (/^[a-z]{3,}$/.test(word) && !word.endsWith("ly")) add("unread", word);
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
      else add("left_over", asked.slice(place, place + number.length).join(" ").replaceAll("_", ""));
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
  if (needs.redistribution) said.push("passing it on");
  if (needs.attribution) said.push("no attribution");
  if (needs.access) said.push(ACCESS_SAID[needs.access]);
  said.push(...needs.sizes.map(sizeWords), ...needs.without.map(([, each]) => `not ${each.said}`), ...needs.apart_from.map((each) => `no images of ${each.said}`));
  said.push(...needs.wishes.map((each) => WISHES[each]), ...needs.waived);
  return [...new Set(said)];
}

