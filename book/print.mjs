// Print a page of this machine with Chromium: to PDF (tagged, with an outline) or to a picture.
// usage: node print.mjs PAGE.html OUT.pdf | OUT.png WIDTH HEIGHT
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, out, width = "1280", height = "960"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--allow-file-access-from-files",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const tab = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  const asked = [];
  tab.on("request", (request) => { if (!/^(file|data):/.test(request.url())) asked.push(request.url()); });
  tab.on("requestfailed", (request) => asked.push(`${request.url()} (failed)`));
  await tab.goto(pathToFileURL(resolve(page)).href, { waitUntil: "networkidle", timeout: 300_000 });
  await tab.evaluate(() => document.fonts.ready);
  if (asked.length) throw new Error(`the page asks for what it may not or cannot have: ${asked.join(", ")}`);
  const number = `<div style="width:100%;text-align:center;font:9px sans-serif;color:#555"><span class="pageNumber"></span></div>`;
  if (out.endsWith(".png")) await tab.screenshot({ path: out });
  else await tab.pdf({ path: out, preferCSSPageSize: true, printBackground: true, tagged: true, outline: true,
    displayHeaderFooter: true, headerTemplate: "<span></span>", footerTemplate: number });
} finally {
  await browser.close();
}
