// What chart.js uses of the library; the rest is left out of what a browser loads.
export { createChart, CandlestickSeries, HistogramSeries, LineSeries } from "lightweight-charts";
