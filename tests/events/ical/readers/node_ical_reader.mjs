// node-ical (many home automations and web sites) as a command.
//
//   node node_ical_reader.mjs NODE_ICAL complaints  < calendar
//
// NODE_ICAL is the path of the library's main file. Prints JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library] = process.argv.slice(2);
const { default: ical } = await import(pathToFileURL(library));
const text = readFileSync(0, "utf8");

const events = Object.values(ical.sync.parseICS(text)).filter((each) => each.type === "VEVENT");
const found = [];
const unfolded = text.replaceAll("\r\n ", "");
const uids = new Set([...unfolded.matchAll(/^UID:(.*)\r$/gm)].map(([, uid]) => uid));
if (events.length !== uids.size) found.push(`reads ${events.length} events of ${uids.size}`);
for (const event of events) {
  const [start, end] = [event.start, event.end ?? event.start].map((each) => new Date(each));
  if (!event.start || Number.isNaN(start.getTime())) found.push(`${event.uid} has no start`);
  else if (!(end >= start)) found.push(`${event.uid} ends before it starts`);
  if (!event.summary) found.push(`${event.uid} has no title`);
}
console.log(JSON.stringify(found.map((words) => `node-ical: ${words}`)));
