// What is wider than its place scrolls; then the keyboard must reach it, and a name must say what it is.
const NAMES = [
  [".bd-article div.math mjx-container", "equation"],
  [".bd-article .licence-text pre", "licence text"],
  [".bd-article .highlight pre", "code"],
  [".bd-article .pst-scrollable-table-container", "table"],
];

// All boxes are measured first and named after, so that the page is laid out once.
function mark() {
  const boxes = NAMES.flatMap(([selector, name]) => [...document.querySelectorAll(selector)].map((box) => [box, name]));
  const scrolls = boxes.map(([box]) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
  boxes.forEach(([box, name], k) => {
    if (!scrolls[k]) ["tabindex", "role", "aria-label"].forEach((a) => box.removeAttribute(a));
    else Object.entries({ tabindex: "0", role: "group", "aria-label": name }).forEach(([a, v]) => box.setAttribute(a, v));
  });
}

addEventListener("load", mark);
addEventListener("resize", mark);
document.addEventListener("toggle", mark, true);
