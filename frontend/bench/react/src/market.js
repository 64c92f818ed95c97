// The state: rows by symbol, each replaced when an event changes it, so that memoised rows can compare by identity.

const STEP_US = 30_000_000;
const POINTS_MAX = 121;

export const EMPTY = { symbols: [], rows: {} };

export function reduce(state, action) {
  switch (action.type) {
    case "instruments":
      return {
        symbols: action.instruments.map(({ symbol }) => symbol),
        rows: Object.fromEntries(action.instruments.map(({ symbol }) => [symbol, { symbol, points: [] }])),
      };
    case "events":
      return { ...state, rows: action.events.reduce(takeIn, { ...state.rows }) };
    default:
      return state;
  }
}

/** `rows` is a copy already: one a message. */
function takeIn(rows, event) {
  const row = rows[event.sym];
  if (!row) return rows;
  if (event.ch === "ticker") {
    const { last, bid, ask } = event;
    const [before, now] = [Number(row.last), Number(last)];
    const direction = now > before ? "up" : now < before ? "down" : row.direction;
    rows[event.sym] = { ...row, last, bid, ask, direction, points: addPoint(row.points, event.ts, now) };
  } else if (event.ch === "stats") {
    rows[event.sym] = { ...row, open: event.open, turnover: event.quote_volume };
  }
  return rows;
}

/** A point every 30 seconds, the last one moving. */
function addPoint(points, ts, price) {
  const step = Math.floor(ts / STEP_US);
  const latest = points.at(-1);
  if (latest?.price === price && latest.step === step) return points;
  const kept = latest?.step === step ? points.slice(0, -1) : points.slice(-POINTS_MAX + 1);
  return [...kept, { step, price }];
}
