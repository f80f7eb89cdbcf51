// Walks a feed of changes with OpenActive's validator: `node rpde_reader.mjs VALIDATOR URL`.
// Prints JSON: how many pages it saw and what it found wrong.
import { createRequire } from "node:module";

const [library, url] = process.argv.slice(2);
const { RpdeValidator } = createRequire(import.meta.url)(library);
const log = await RpdeValidator(url, { pageLimit: 50, requestDelayMs: 0, timeoutMs: 30000 });
const found = log.pages.flatMap((page) =>
  page.errors.map(({ severity, type, message, path }) => ({ page: page.url, severity, type, message, path })),
);
console.log(JSON.stringify({ pages: log.pages.length, found }));
