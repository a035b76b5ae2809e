// Making and changing elements. Text goes in as text only: names are the user's.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Sets an element's text, if it is another. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ruler = document.createElement("canvas").getContext("2d");

/** As much of a text as has room, and a sign that there is more. */
export function cut(text, room, font) {
  ruler.font = `${font} system-ui, "DejaVu Sans", sans-serif`;
  if (ruler.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && ruler.measureText(`${letters.join("")}…`).width > room) letters.pop();
  return `${letters.join("")}…`;
}

/** An empty sparkline; the figures beside it say in words what it shows. */
export function sparkline(width, height) {
  return svg(
    "svg",
    { class: "spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg("polyline"),
  );
}
