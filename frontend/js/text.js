// Hands a message's text to the wasm without taking new memory there for each.

const encoder = new TextEncoder();

/** Writes the text into `room` as UTF-8; gives the bytes that it has, which may be more than fit. */
export function writeText(text, room) {
  const { read, written } = encoder.encodeInto(text, room);
  return read === text.length ? written : encoder.encode(text).length;
}
