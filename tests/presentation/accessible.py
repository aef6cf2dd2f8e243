"""What a page is asked about everybody being able to use it: names of controls, identifiers, contrast of its text."""

NAMELESS = """() => [...document.querySelectorAll('body :is(button, input, select, a, summary)')]
  .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
  .map((node) => node.outerHTML)"""
TWICE = """() => {
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""
# WCAG 2.2, contrast ratio and relative luminance; every node that holds text of its own
CONTRAST = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll('body *')) {
    const speaks = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!speaks || node.closest('svg, option, noscript, .wb-unseen, .wc-hidden')) continue;
    if (!node.checkVisibility() || node.disabled) continue;
    const both = [parts(getComputedStyle(node).color), ground(node)].map(luminance).sort((x, y) => y - x);
    const ratio = (both[0] + 0.05) / (both[1] + 0.05);
    if (ratio < 4.5) low.push(`${node.className}: ${node.textContent.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
