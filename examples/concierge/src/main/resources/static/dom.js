/** Sends JSON and returns what comes back, if anything does. */
export async function post(path, body) {
  const reply = await fetch(path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
  if (!reply.ok) {
    throw new Error(`${path} answered ${reply.status}`);
  }
  const text = await reply.text();
  return text ? JSON.parse(text) : {};
}

const numbers = new Intl.NumberFormat('en');

export const format = number => numbers.format(number);

export const percent = (part, whole) => whole > 0 ? 100 * part / whole : 0;

/** Makes an element with text or children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}
