// Reads calendar files (a JSON list on standard input) with ical.js and prints what it understood, or its error.
const ICAL = require("./ical.min.cjs");

const parameters = (property) => ({ value: property.getFirstValue().toString(), ...property.jCal[1] });

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component);
      return {
        uid: event.uid,
        sequence: event.sequence,
        summary: event.summary,
        description: event.description,
        location: event.location,
        status: component.getFirstPropertyValue("status"),
        starts: event.startDate.isDate ? event.startDate.toString() : event.startDate.toJSDate().toISOString(),
        minutes: event.duration.toSeconds() / 60,
        organizer: component.getAllProperties("organizer").map(parameters)[0] || null,
        attendees: component.getAllProperties("attendee").map(parameters),
      };
    }),
  };
}

let input = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => { input += part; });
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(input).map(read))));
