// What is wider than its place scrolls; then the keyboard must reach it, and a name must say what it is.
const NAMES = [
  [".bd-article div.math mjx-container", "equation"],
  [".bd-article .licence-text pre", "licence text"],
  [".bd-article .pst-scrollable-table-container", "table"],
];

function mark() {
  for (const [selector, name] of NAMES)
    for (const box of document.querySelectorAll(selector)) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (!scrolls) ["tabindex", "role", "aria-label"].forEach((a) => box.removeAttribute(a));
      else Object.entries({ tabindex: "0", role: "group", "aria-label": name }).forEach(([a, v]) => box.setAttribute(a, v));
    }
}

addEventListener("load", () => (window.MathJax?.startup?.promise ?? Promise.resolve()).then(mark));
addEventListener("resize", mark);
document.addEventListener("toggle", mark, true);
