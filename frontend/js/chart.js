// The glue between the dashboard and lightweight-charts: loads it when first needed, and hands over numbers.
// A row is six numbers: time in seconds since 1970 UTC, open, high, low, close, volume.

const ROW = 6;
let library;

/** Opens a chart in `container`; `onHover` gets the time of the candle under the cursor, or nothing. */
export async function openChart(url, container, onHover) {
  library ??= import(new URL(url, document.baseURI).href);
  return new CandleChart(await library, container, onHover);
}

export class CandleChart {
  constructor({ createChart, CandlestickSeries, HistogramSeries }, container, onHover) {
    this.container = container;
    this.chart = createChart(container, {
      autoSize: true, // a ResizeObserver of its own
      layout: { attributionLogo: false, fontFamily: "inherit", fontSize: 11 }, // the panel has the link: see components/chart.rs
      rightPriceScale: { scaleMargins: { top: 0.08, bottom: 0.22 } },
      timeScale: { timeVisible: true, rightOffset: 4, barSpacing: 7 },
      crosshair: { mode: 0 },
      localization: { locale: "en-GB" },
    });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceFormat: { type: "volume" }, priceScaleId: "", priceLineVisible: false, lastValueVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.candles = this.chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.chart.subscribeCrosshairMove(({ time }) => onHover(time));
    this.lastTime = 0;
    this.applyTheme();
  }

  show(rows, precision, minMove, secondsVisible) {
    this.chart.applyOptions({ timeScale: { secondsVisible } });
    this.candles.applyOptions({ priceFormat: { type: "price", precision, minMove } });
    const bars = [];
    for (let at = 0; at < rows.length; at += ROW) bars.push(this.bar(rows, at));
    this.candles.setData(bars.map(([candle]) => candle));
    this.volume.setData(bars.map(([, volume]) => volume));
    this.lastTime = bars.at(-1)?.[0].time ?? 0;
    this.chart.timeScale().scrollToRealTime();
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

  bar(rows, at) {
    const [time, open, high, low, close, value] = rows.slice(at, at + ROW);
    const color = close >= open ? this.colours.upSoft : this.colours.downSoft;
    return [{ time, open, high, low, close }, { time, value, color }];
  }

  applyTheme() {
    const colours = (this.colours = resolve(this.container, {
      ground: "--panel", text: "--text-dim", line: "--hairline-soft", axis: "--hairline", cross: "--text-faint",
      up: "--up", down: "--down", upSoft: "--up-soft", downSoft: "--down-soft", label: "--raised",
    }));
    const { ground, text, line, axis, cross, up, down, label } = colours;
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
    this.volume.setData(this.volume.data().map((bar, at) => {
      const candle = this.candles.data()[at];
      return { ...bar, color: candle.close >= candle.open ? colours.upSoft : colours.downSoft };
    }));
  }
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
