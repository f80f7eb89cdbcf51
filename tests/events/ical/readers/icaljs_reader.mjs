// ical.js (Thunderbird, Nextcloud) as a command.
//
//   node icaljs_reader.mjs ICAL_JS offsets     < [[VTIMEZONE, "local", year, ranges]]
//   node icaljs_reader.mjs ICAL_JS complaints  < calendar
//   node icaljs_reader.mjs ICAL_JS expand      < [[DTSTART, RRULE, count]]
//   node icaljs_reader.mjs ICAL_JS count       < [calendar]
//   node icaljs_reader.mjs ICAL_JS rewrite     < [calendar]
//
// ICAL_JS is the path of the library's main file. All print JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";

const [library, job] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(library));
const input = readFileSync(0, "utf8");

function offsetsOf([vtimezone, , firstYear, ranges]) {
  const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(vtimezone)));
  const offsets = [];
  for (const [first, end] of ranges) {
    const at = new ICAL.Time({ year: firstYear, month: 1, day: 1, hour: 0, isDate: false });
    at.adjust(Math.floor(first / 24), first % 24, 0, 0);
    for (let hour = first; hour < end; hour++) {
      offsets.push(zone.utcOffset(at));
      at.adjust(0, 1, 0, 0);
    }
  }
  return offsets;
}

function complaintsAbout(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const known = new Set(
    calendar.getAllSubcomponents("vtimezone").map((c) => c.getFirstPropertyValue("tzid")),
  );
  const found = [];
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    const name = `ical.js: ${event.uid}`;
    if (!event.startDate) found.push(`${name} has no start`);
    else if (!event.duration || event.duration.isNegative) found.push(`${name} ends before it starts`);
    for (const property of component.getAllProperties()) {
      const zone = property.getParameter("tzid");
      if (zone && !known.has(zone)) found.push(`${name} names a zone that is not there: ${zone}`);
    }
    if (event.isRecurring()) event.iterator().next();
  }
  return found;
}

// The first starts, or the words of its refusal.
function expand([start, rule, count]) {
  const found = [];
  try {
    const iterate = () => {
      const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(start));
      for (let next; found.length < count && (next = iterator.next()); ) found.push(next.toString());
    };
    runInNewContext("iterate()", { iterate }, { timeout: 200 }); // some rules never end in there
  } catch (error) {
    return String(error.message ?? error);
  }
  return found;
}

// Events of a file, null where it is refused; several calendars in one are an array.
function countedIn(text) {
  try {
    const parsed = ICAL.parse(text);
    const calendars = Array.isArray(parsed[0]) ? parsed : [parsed];
    const events = calendars.map((each) => new ICAL.Component(each).getAllSubcomponents("vevent"));
    return events.flat().length;
  } catch {
    return null;
  }
}

// The file as ical.js writes it, null where it is refused.
function rewritten(text) {
  try {
    const parsed = ICAL.parse(text);
    const calendars = Array.isArray(parsed[0]) ? parsed : [parsed];
    return calendars.map((each) => new ICAL.Component(each).toString() + "\r\n").join("");
  } catch {
    return null;
  }
}

const answers = {
  rewrite: () => JSON.parse(input).map(rewritten),
  offsets: () => JSON.parse(input).map(offsetsOf),
  complaints: () => complaintsAbout(input),
  count: () => JSON.parse(input).map(countedIn),
  expand: () => JSON.parse(input).map(expand),
};
console.log(JSON.stringify(answers[job]()));
