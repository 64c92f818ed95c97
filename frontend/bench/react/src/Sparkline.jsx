import { memo, useMemo } from "react";

const [WIDTH, HEIGHT, MARGIN] = [100, 24, 2];

export const Sparkline = memo(function Sparkline({ points }) {
  const line = useMemo(() => polyline(points), [points]);
  const move = points.length ? points.at(-1).price - points[0].price : 0;
  return (
    <svg className={move > 0 ? "up" : move < 0 ? "down" : ""} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <polyline points={line} />
    </svg>
  );
});

function polyline(points) {
  if (!points.length) return "";
  const prices = points.map(({ price }) => price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const [first, last] = [points[0].step, points.at(-1).step];
  const share = (part, whole) => (whole > 0 ? part / whole : 0.5);
  return points
    .map(({ step, price }) => {
      const x = share(step - first, last - first) * WIDTH;
      const y = HEIGHT - MARGIN - share(price - low, high - low) * (HEIGHT - 2 * MARGIN);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
