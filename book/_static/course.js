// What is wider than its place scrolls; then the keyboard must reach it, and a name must say what it is.
const NAMES = [
  [".bd-article div.math mjx-container", "equation"],
  [".bd-article .highlight pre", "code"],
  [".bd-article .licence-text pre", "licence text"],
  [".bd-article .pst-scrollable-table-container", "table"],
];
const boxes = new Map(NAMES.flatMap(([selector, name]) => [...document.querySelectorAll(selector)].map((box) => [box, name])));

// A box gets its size as it comes near the window, as the window turns, as a solution opens, as the font arrives for what
// is inside it. All are measured first and named after, so that nothing is laid out twice.
const watch = new ResizeObserver((entries) => {
  const near = new Set(entries.map(({ target }) => (boxes.has(target) ? target : target.parentElement)));
  const scrolls = [...near].map((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
  [...near].forEach((box, k) => {
    if (!scrolls[k]) ["tabindex", "role", "aria-label"].forEach((a) => box.removeAttribute(a));
    else Object.entries({ tabindex: "0", role: "group", "aria-label": boxes.get(box) }).forEach(([a, v]) => box.setAttribute(a, v));
  });
});
for (const box of boxes.keys()) [box, ...box.querySelectorAll(":scope > :is(mjx-math, table)")].forEach((part) => watch.observe(part));
