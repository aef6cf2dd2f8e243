// Looks numbers up in the published tables of a page. Nothing here subtracts: an answer is a cell, or the sum of some cells.
//
//   lookUp(page).answer(chosen)        how many patients meet the criteria; null where no table has them together
//   lookUp(page).groups(name, chosen)  the same by the categories of one attribute, its own criterion left aside; or null
//   chosen: attribute -> list of categories; an answer: {n, hidden, n_cells}, of which n leaves out what is hidden

const NOT_KNOWN = ["Unknown", "Not Reported", "Not Applicable"];

function lookUp(page) {
  const { categories, tables } = page.published;
  const named = (names) => [...names].sort().join("\u0000");
  const byNames = new Map(tables.map((table) => [named(table.by), table]));
  const read = new Map();

  // the cells of a table: a place for each attribute, and the count; null is hidden, and what is not listed is 0
  function cellsOf(table) {
    if (read.has(table)) return read.get(table);
    const sizes = table.by.map((name) => categories[name].length);
    let cell = 0;
    const cells = table.steps.map((step, row) => {
      cell += step;
      const places = new Array(sizes.length);
      let rest = cell;
      for (let at = sizes.length - 1; at >= 0; at -= 1) {
        places[at] = rest % sizes[at];
        rest = Math.floor(rest / sizes[at]);
      }
      return [places, table.n[row]];
    });
    read.set(table, cells);
    return cells;
  }

  const nothing = () => ({ n: 0, hidden: 0, n_cells: 0 });
  function add(sum, n) {
    sum.n_cells += 1;
    if (n === null) sum.hidden += 1;
    else sum.n += n;
  }

  // the cells of a table that meet the criteria, each told to act
  function each(table, chosen, act) {
    const wanted = table.by.map((name) => (chosen[name] ? new Set(chosen[name].map((value) => categories[name].indexOf(value))) : null));
    for (const [places, n] of cellsOf(table)) if (places.every((place, at) => !wanted[at] || wanted[at].has(place))) act(places, n);
  }

  const total = () => tables.find(({ by }) => by.length === 1 && !page.attributes.find(({ name }) => name === by[0]).several) ?? tables[0];
  const isTogether = (names) => !names.length || byNames.has(named(names));

  function answer(chosen) {
    const names = Object.keys(chosen);
    if (!names.length) {
      const n = total().n_total;
      return n === null ? { n: 0, hidden: 1, n_cells: 1 } : { n, hidden: 0, n_cells: 1 };
    }
    const table = byNames.get(named(names));
    if (!table) return null;
    const sum = nothing();
    each(table, chosen, (_, n) => add(sum, n));
    return sum;
  }

  function groups(name, chosen) {
    const { [name]: own, ...others } = chosen;
    const table = byNames.get(named([...Object.keys(others), name]));
    if (!table) return null;
    const at = table.by.indexOf(name);
    const sums = categories[name].map(nothing);
    each(table, others, (places, n) => add(sums[places[at]], n));
    return categories[name].map((value, place) => ({ value, missing: NOT_KNOWN.includes(value), on: Boolean(own?.includes(value)), ...sums[place] }));
  }

  return { answer, groups, isTogether, categories };
}
