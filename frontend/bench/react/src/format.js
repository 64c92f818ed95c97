// Numbers as text, as the dashboard shows them.

const NONE = "\u2013";

export function decimal(text) {
  if (text === undefined) return NONE;
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export function percent(share) {
  if (share === null) return NONE;
  const sign = share > 0 ? "+" : share < 0 ? "\u2212" : "";
  return `${sign}${Math.abs(share * 100).toFixed(2)}%`;
}

const UNITS = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];

export function compact(text) {
  if (text === undefined) return NONE;
  const value = Number(text);
  const [size, unit] = UNITS.find(([size]) => value >= size) ?? [1, ""];
  const scaled = value / size;
  return `${scaled.toFixed(scaled >= 100 ? 1 : 2)}${unit}`;
}
