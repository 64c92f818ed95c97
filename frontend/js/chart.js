// The glue between the dashboard and lightweight-charts: loads it when first needed, and hands over numbers.
// A row is seven numbers: time in seconds since 1970 UTC, open, high, low, close, volume, whether it is modelled.
// A line is pairs of time and value; NaN where there is none.

const ROW = 7;
const LOGARITHMIC = 1; // PriceScaleMode
const AIR = 4; // empty bars right of the live candle
const BAR_PIXELS_MIN = 1, BAR_PIXELS_MAX = 60;
let library;

/** Begins to load the library; who opens a chart hears of a failure. */
export function loadLibrary(url) {
  library ??= import(new URL(url, document.baseURI).href);
  library.catch(() => {});
}

/** Opens a chart in `container`; `onHover` gets the time of the candle under the cursor, or nothing. */
export async function openChart(url, container, onHover) {
  loadLibrary(url);
  return new CandleChart(await library, container, onHover);
}

export class CandleChart {
  constructor({ createChart, CandlestickSeries, HistogramSeries, LineSeries }, container, onHover) {
    this.container = container;
    this.onHover = onHover;
    this.LineSeries = LineSeries;
    this.chart = createChart(container, {
      autoSize: true, // a ResizeObserver of its own
      layout: { attributionLogo: false, fontFamily: "inherit", fontSize: 11 }, // the panel has the link: see components/chart.rs
      rightPriceScale: { scaleMargins: { top: 0.08, bottom: 0.22 } },
      timeScale: { timeVisible: true, rightOffset: AIR, barSpacing: 7, minBarSpacing: BAR_PIXELS_MIN },
      crosshair: { mode: 0 },
      localization: { locale: "en-GB", priceFormatter: (price) => this.prices?.format(price) ?? "" },
    });
    this.time = this.chart.timeScale();
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceFormat: { type: "volume" }, priceScaleId: "", priceLineVisible: false, lastValueVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.candles = this.chart.addSeries(CandlestickSeries);
    this.lines = new Map();
    // New candles move what is under a resting cursor, too; what the keyboard points at stays.
    this.chart.subscribeCrosshairMove(({ time, sourceEvent }) => {
      if (sourceEvent) this.pinned = undefined;
      if (!this.pinned) this.onHover(time);
    });
    this.lastTime = 0;
    this.applyTheme();
  }

  /** These candles and no others. `fresh`: of another symbol or interval, so from the live end; else the view stays. */
  show(rows, precision, minMove, secondsVisible, fresh) {
    const position = this.time.scrollPosition();
    const shown = this.lastTime;
    const bars = [];
    let added = 0;
    for (let at = 0; at < rows.length; at += ROW) {
      bars.push(this.bar(rows, at));
      if (rows[at] > shown) added += 1;
    }
    this.precision = { type: "price", precision, minMove };
    this.prices = new Intl.NumberFormat("en-GB", { minimumFractionDigits: precision, maximumFractionDigits: precision });
    this.chart.applyOptions({ timeScale: { secondsVisible } });
    this.candles.applyOptions({ priceFormat: this.precision });
    this.candles.setData(bars.map(([candle]) => candle));
    this.volume.setData(bars.map(([, volume]) => volume));
    this.lastTime = bars.at(-1)?.[0].time ?? 0;
    if (fresh) {
      this.unpoint();
      this.chart.priceScale("right").applyOptions({ autoScale: true });
      this.time.scrollToPosition(AIR, false);
    } else if (position < 0) {
      this.time.scrollToPosition(position - added, false);
    }
  }

  update(rows) {
    for (let at = 0; at < rows.length; at += ROW) {
      const [candle, volume] = this.bar(rows, at);
      const historical = candle.time < this.lastTime;
      this.candles.update(candle, historical);
      this.volume.update(volume, historical);
      this.lastTime = Math.max(this.lastTime, candle.time);
    }
  }

  /** All points of the line of this name, whose colour is the token `--NAME`; none: the line goes away. */
  showLine(name, points) {
    let line = this.lines.get(name);
    if (!points.length) {
      if (line) this.chart.removeSeries(line.series);
      this.lines.delete(name);
      return;
    }
    if (!line) {
      const series = this.chart.addSeries(this.LineSeries, {
        color: resolve(this.container, { name: `--${name}` }).name, lineWidth: 1, priceLineVisible: false,
        lastValueVisible: false, crosshairMarkerVisible: false, priceFormat: this.precision,
      });
      line = { series };
      this.lines.set(name, line);
    }
    line.series.setData(pairs(points));
    line.lastTime = points.at(-2);
  }

  /** The last points of a line. */
  updateLine(name, points) {
    const line = this.lines.get(name);
    if (!line) return this.showLine(name, points);
    for (const point of pairs(points)) line.series.update(point, point.time < line.lastTime);
    line.lastTime = points.at(-2);
  }

  bar(rows, at) {
    const [time, open, high, low, close, value, modelled] = rows.slice(at, at + ROW);
    const tone = close >= open ? "up" : "down";
    const { [tone]: line, [`${tone}Soft`]: soft, ground } = this.colours;
    // Modelled candles are hollow and pale: nobody traded them.
    const candle = modelled
      ? { time, open, high, low, close, color: ground, borderColor: soft, wickColor: soft }
      : { time, open, high, low, close, color: line, borderColor: line, wickColor: line };
    return [candle, { time, value, color: soft }];
  }

  setLogarithmic(on) {
    this.chart.priceScale("right").applyOptions({ mode: on ? LOGARITHMIC : 0 });
  }

  /** How many candles are left of what is seen: negative when there is room before the first, NaN when nothing is. */
  hiddenLeft() {
    return this.isVisible() ? (this.time.getVisibleLogicalRange()?.from ?? NaN) : NaN;
  }

  isVisible() {
    return this.time.width() > 0;
  }

  isLive() {
    return this.time.scrollPosition() >= 0;
  }

  toLive() {
    this.unpoint();
    // Not scrollToRealTime: it glides, leaves out the last step, and so stops short where frames are slow.
    this.time.scrollToPosition(AIR, false);
  }

  /** Puts the cross on a candle, and brings it into view. */
  point(time, price, index) {
    const { from, to } = this.time.getVisibleLogicalRange() ?? { from: index - 1, to: index + 1 };
    const shift = index < from + 1 ? index - from - 1 : index > to - 1 ? index - to + 1 : 0;
    if (shift) this.time.scrollToPosition(this.time.scrollPosition() + shift, false);
    this.pinned = { time, price };
    this.keepPointing();
  }

  /** New candles move the cross with the pixels: it goes back to its candle. */
  keepPointing() {
    if (!this.pinned) return;
    this.chart.setCrosshairPosition(this.pinned.price, this.pinned.time, this.candles);
    this.onHover(this.pinned.time);
  }

  unpoint() {
    this.pinned = undefined;
    this.chart.clearCrosshairPosition();
    this.onHover(undefined);
  }

  /** Wider bars for a factor above 1, narrower ones below. */
  zoom(factor) {
    const { barSpacing } = this.time.options();
    const wanted = Math.min(BAR_PIXELS_MAX, Math.max(BAR_PIXELS_MIN, barSpacing * factor));
    this.time.applyOptions({ barSpacing: wanted });
  }

  close() {
    this.chart.remove();
  }

  /** Takes the page's colours again; the candles are then to be shown anew. */
  applyTheme() {
    this.colours = resolve(this.container, {
      ground: "--panel", text: "--text-dim", line: "--hairline-soft", axis: "--hairline", cross: "--text-faint",
      up: "--up", down: "--down", upSoft: "--up-soft", downSoft: "--down-soft", label: "--raised",
    });
    const { ground, text, line, axis, cross, up, down, label } = this.colours;
    this.chart.applyOptions({
      layout: { background: { color: ground }, textColor: text },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: axis },
      timeScale: { borderColor: axis },
      crosshair: {
        vertLine: { color: cross, labelBackgroundColor: label },
        horzLine: { color: cross, labelBackgroundColor: label },
      },
    });
    this.candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    for (const [name, { series }] of this.lines) {
      series.applyOptions({ color: resolve(this.container, { name: `--${name}` }).name });
    }
  }
}

function pairs(points) {
  const data = [];
  for (let at = 0; at < points.length; at += 2) {
    const [time, value] = [points[at], points[at + 1]];
    data.push(Number.isNaN(value) ? { time } : { time, value });
  }
  return data;
}

/** The page's colours as the canvas wants them: tokens are light-dark() pairs, a probe resolves them. */
function resolve(container, tokens) {
  const probe = container.appendChild(document.createElement("i"));
  const colours = {};
  for (const [name, token] of Object.entries(tokens)) {
    probe.style.color = `var(${token})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}
