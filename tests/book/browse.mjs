// Opens every page of a built site in a real browser and prints, as JSON, what went wrong.
// usage: node browse.mjs SITE_FOLDER [page ...]
import { createServer } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize, relative } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [site, ...asked] = process.argv.slice(2);
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf",
  ".xml": "application/xml", ".ipynb": "application/json",
};
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const VIEWS = [
  { theme: "light", width: 1280, height: 900 },
  { theme: "dark", width: 1280, height: 900 },
  { theme: "dark", width: 360, height: 740 },
];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const htmlFiles = (folder) => readdirSync(folder, { recursive: true })
  .map(String).filter((name) => name.endsWith(".html") && !name.startsWith("_")).sort();

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname));
  const file = join(site, path.endsWith("/") ? path + "index.html" : path);
  if (relative(site, file).startsWith("..")) return response.writeHead(403).end();
  try {
    const body = readFileSync(file);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    // A browser asks for an icon on its own; a site without one is no fault of a page.
    response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const profile = mkdtempSync(join(tmpdir(), "book-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// On a narrow screen everything but the text is behind a button: the button, and what it must open.
const MENUS = [
  [".primary-toggle", "#pst-primary-sidebar-modal[open]"],
  [".secondary-toggle", "#pst-secondary-sidebar-modal[open]"],
  [".search-button", "#pst-search-dialog[open], input[type=search]:focus"],
];

const report = { pages: 0, outside: [], failed: [], console: [], eager: [], places: [], axe: [], overflow: [], maths: [], menus: [] };
async function visit(name, view) {
  const page = await browser.newPage();
  const where = `${name} (${view.theme}, ${view.width} px)`;
  page.on("request", (r) => {
    const url = r.url();
    if (!url.startsWith(origin + "/") && !/^(data|blob|about):/.test(url)) report.outside.push(`${where}: ${url}`);
  });
  page.on("requestfailed", (r) => report.failed.push(`${where}: ${r.url()} ${r.failure()?.errorText}`));
  page.on("response", (r) => { if (r.status() >= 400) report.failed.push(`${where}: ${r.url()} ${r.status()}`); });
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) report.console.push(`${where}: ${m.text()}`); });
  page.on("pageerror", (e) => report.console.push(`${where}: ${e.message}`));
  await page.setViewportSize({ width: view.width, height: view.height });
  await page.emulateMedia({ colorScheme: view.theme, reducedMotion: "reduce" });
  await page.addInitScript((theme) => {
    localStorage.setItem("mode", theme);
    localStorage.setItem("theme", theme);
  }, view.theme);
  await page.goto(`${origin}/${name}`, { waitUntil: "networkidle" });
  const facts = await page.evaluate(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const root = document.documentElement;
    const parts = [...document.querySelectorAll("article > section > section[id]")];
    const far = parts.filter((part) => part.getBoundingClientRect().top > 3 * innerHeight);
    const eager = far.filter((part) => part.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length;

    const middle = parts[parts.length >> 1];
    if (middle) location.hash = middle.id;
    await drawn();
    const top = middle?.getBoundingClientRect().top ?? 0;
    const missed = top < -1 || (top > innerHeight / 4 && root.scrollHeight - innerHeight - scrollY > 1);

    // A part far from the window is laid out as it comes near: a reader goes down the whole page, and so does this.
    document.querySelectorAll("details").forEach((box) => { box.open = true; });
    for (let y = 0; y < root.scrollHeight; y += 2 * innerHeight) {
      scrollTo(0, y);
      await drawn();
    }
    scrollTo(0, 0);
    await drawn();
    return {
      eager,
      missed: missed && `#${middle.id} stands at ${Math.round(top)} px`,
      // a part clips what is too wide for it, and the page does not know
      wide: Math.max(...[root, ...parts].map((box) => box.scrollWidth - box.clientWidth)),
      raw: [...document.querySelectorAll(".math")].filter((m) => !m.querySelector("mjx-container")).length,
      broken: document.querySelectorAll("mjx-merror, [data-mjx-error]").length,
    };
  });
  if (facts.eager) report.eager.push(`${where}: ${facts.eager} parts`);
  if (facts.missed) report.places.push(`${where}: ${facts.missed}`);
  if (facts.wide > 0) report.overflow.push(`${where}: ${facts.wide} px too wide`);
  if (facts.raw || facts.broken) report.maths.push(`${where}: ${facts.raw} not typeset, ${facts.broken} with an error`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), RULES);
  for (const rule of violations)
    for (const node of rule.nodes)
      report.axe.push(`${where}: ${rule.id} ${node.target.join(" ")} ${node.any.concat(node.all, node.none).map((c) => c.message).join("; ")}`);
  if (view.width < 500)
    for (const [button, menu] of MENUS) {
      const buttons = await page.$$(button);
      if (!buttons.length) continue;
      // A busy machine may run the theme's own scripts late: the first click can come before them, as a reader's can.
      let opened = false;
      for (let tries = 0; tries < 5 && !opened; tries += 1) {
        await buttons[0].click({ timeout: 5000 }).catch(() => {});
        opened = await page.waitForSelector(menu, { state: "attached", timeout: 5000 }).then(() => true, () => false);
      }
      if (!opened) report.menus.push(`${where}: ${button} does not open ${menu}`);
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open]", { state: "detached", timeout: 5000 }).catch(() => {});
    }
  await page.close();
  report.pages += 1;
}

try {
  const names = asked.length ? asked : htmlFiles(site);
  const visits = VIEWS.flatMap((view) => names.map((name) => [name, view]));
  const walk = async () => { for (let next; (next = visits.shift()); ) await visit(...next); };
  await Promise.all([walk(), walk()]);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
  server.close();
}
console.log(JSON.stringify(report, null, 1));
