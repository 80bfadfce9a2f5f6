// Typeset the formulas of a built site, so that its pages need no script for them and nothing moves while they load.
// usage: node typeset.mjs FOLDER [chtml | mml]
//   chtml (a site): MathJax's own HTML; the one style sheet they need goes to _static/mathjax/formulas.css
//   mml (an ePub): MathML, which readers draw themselves
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, output = "chtml"] = process.argv.slice(2);
const MathJax = await createRequire(import.meta.url)("mathjax").init({
  loader: { load: ["input/tex", "output/chtml", "a11y/assistive-mml"] },
  // Measured in the browser beside the page's own letters: at this scale an x is as high as an x.
  chtml: { fontURL: "output/chtml/fonts/woff-v2", scale: 1.1 },
});
const { adaptor } = MathJax.startup;

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, "&");
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

const known = new Map();
function typeset(tex, display) {
  const key = `${display}${tex}`;
  if (!known.has(key)) {
    const html = output === "mml"
      ? MathJax.tex2mml(tex, { display })
      : adaptor.outerHTML(MathJax.tex2chtml(tex, { display })).replaceAll("mjx-TeXAtom", "mjx-texatom"); // HTML names are small
    if (/mjx-merror|data-mjx-error|<merror/.test(html)) throw new Error(`MathJax cannot read ${tex}`);
    known.set(key, html);
  }
  return known.get(key);
}

// Sphinx writes \(...\) in a span and \[...\] in a div, whose first child may be the equation's number.
const FORMULA = /<(span|div) class="math notranslate nohighlight"([^>]*)>\s*(<span class="eqno">.*?<\/span>)?\s*\\([([])(.*?)\\[)\]]\s*<\/\1>/gs;

let pages = 0;
for (const name of readdirSync(folder, { recursive: true }).map(String)) {
  if (!/\.x?html$/.test(name) || name.startsWith("_static")) continue;
  const path = join(folder, name);
  const before = readFileSync(path, "utf8");
  const after = before.replace(FORMULA, (_all, tag, attributes, number = "", bracket, source) => {
    const tex = unescape(source).trim();
    return `<${tag} class="math notranslate nohighlight"${attributes} data-tex="${escape(tex)}">${number}${typeset(tex, bracket === "[")}</${tag}>`;
  });
  if (after !== before) writeFileSync(path, after);
  pages += 1;
}
if (output === "chtml") {
  const css = adaptor.textContent(MathJax.chtmlStylesheet());
  writeFileSync(join(folder, "_static", "mathjax", "formulas.css"), css);
}
console.log(`${known.size} formulas on ${pages} pages`);
