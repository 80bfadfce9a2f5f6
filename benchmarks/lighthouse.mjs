// Lighthouse over the pages of a built site, as JSON: one row for each page and form factor.
// usage: node lighthouse.mjs SITE_FOLDER PAGE ...
// The site is served on 127.0.0.1 with gzip, as the hosts of static pages do.
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import lighthouse, { desktopConfig } from "lighthouse";
import { launch } from "chrome-launcher";

const [site, ...pages] = process.argv.slice(2);
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png", ".woff": "font/woff", ".woff2": "font/woff2", ".txt": "text/plain",
};
const server = createServer((request, response) => {
  try {
    const file = join(site, new URL(request.url, "http://site").pathname);
    const kind = extname(file);
    const headers = { "content-type": TYPES[kind] ?? "application/octet-stream", "cache-control": "max-age=600" };
    let body = readFileSync(file);
    if (![".woff", ".woff2", ".png"].includes(kind)) {
      body = gzipSync(body);
      headers["content-encoding"] = "gzip";
    }
    response.writeHead(200, headers).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const profile = mkdtempSync(join(tmpdir(), "lighthouse-"));
const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  userDataDir: profile,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const rows = [];
try {
  for (const page of pages)
    for (const [form, config] of [["desktop", desktopConfig], ["mobile", undefined]]) {
      const url = `http://127.0.0.1:${server.address().port}/${page}`;
      const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error" }, config);
      const score = (name) => Math.round(100 * lhr.categories[name].score);
      const failed = Object.values(lhr.audits).filter((a) => a.score !== null && a.score < 1 && a.scoreDisplayMode !== "informative");
      rows.push({
        page, form,
        performance: score("performance"), accessibility: score("accessibility"),
        practices: score("best-practices"), seo: score("seo"),
        shift: Number(lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3)),
        paint: Math.round(lhr.audits["largest-contentful-paint"].numericValue),
        blocking: Math.round(lhr.audits["total-blocking-time"].numericValue),
        bytes: lhr.audits["total-byte-weight"].numericValue,
        failed: failed.map((a) => `${a.id}: ${a.displayValue ?? a.score}`),
      });
      console.error(`${page} ${form}: performance ${rows.at(-1).performance}`);
    }
} finally {
  await chrome.kill();
  rmSync(profile, { recursive: true, force: true });
  server.close();
}
console.log(JSON.stringify(rows, null, 1));
