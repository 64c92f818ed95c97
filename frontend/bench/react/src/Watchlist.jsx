import { useEffect, useMemo, useState } from "react";

import { Row } from "./Row.jsx";
import { useMarket } from "./useMarket.js";

const HEADS = ["Symbol", "Last", "24h", "Bid", "Ask", "Volume", "1h"];

export function Watchlist() {
  const [market, received] = useMarket();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(null);
  const shown = useMemo(
    () => market.symbols.filter((symbol) => symbol.includes(search.toUpperCase())),
    [market.symbols, search],
  );
  return (
    <div className="page">
      <main className="panels">
        <section className="panel markets">
          <header className="panel-head">
            <h3>Markets</h3>
            <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
          </header>
          <div className="grid" role="grid">
            <div className="columns" role="row">
              {HEADS.map((head) => <span key={head} role="columnheader">{head}</span>)}
            </div>
            <div className="rows" role="rowgroup">
              {shown.map((symbol) => (
                <Row key={symbol} row={market.rows[symbol]} isChosen={symbol === chosen} onChoose={setChosen} />
              ))}
            </div>
          </div>
        </section>
      </main>
      <Rate received={received} />
    </div>
  );
}

/** Events a second, where the benchmark looks for them. */
function Rate({ received }) {
  const [rate, setRate] = useState(0);
  useEffect(() => {
    let before = received.current;
    const timer = setInterval(() => {
      setRate(received.current - before);
      before = received.current;
    }, 1000);
    return () => clearInterval(timer);
  }, [received]);
  return <footer className="health" data-updates={rate}>{rate} updates/s</footer>;
}
