import { memo, useEffect, useRef, useState } from "react";

import { compact, decimal, percent } from "./format.js";
import { Sparkline } from "./Sparkline.jsx";

const FLASH_MS = 450;

export const Row = memo(function Row({ row, isChosen, onChoose }) {
  const isLit = useFlash(row.last);
  const change = row.open && row.last ? Number(row.last) / Number(row.open) - 1 : null;
  return (
    <div className="market" role="row" aria-selected={isChosen} onClick={() => onChoose(row.symbol)}>
      <span className="symbol" role="gridcell">{row.symbol}</span>
      <span className={`last ${row.direction ?? ""} ${isLit ? "lit-3" : ""}`} role="gridcell" data-testid="last">
        {decimal(row.last)}
      </span>
      <span className={change > 0 ? "up" : change < 0 ? "down" : ""} role="gridcell">{percent(change)}</span>
      <span role="gridcell">{decimal(row.bid)}</span>
      <span role="gridcell">{decimal(row.ask)}</span>
      <span role="gridcell">{compact(row.turnover)}</span>
      <span className="spark" role="gridcell"><Sparkline points={row.points} /></span>
    </div>
  );
});

/** True for a while after the value changed. */
function useFlash(value) {
  const [isLit, setLit] = useState(false);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === undefined || before.current === value) {
      before.current = value;
      return undefined;
    }
    before.current = value;
    setLit(true);
    const timer = setTimeout(() => setLit(false), FLASH_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return isLit;
}
