import { useEffect, useReducer, useRef } from "react";

import { EMPTY, reduce } from "./market.js";

/** The market, live: one change of the state a message. Events are counted beside it, not in it. */
export function useMarket() {
  const [market, dispatch] = useReducer(reduce, EMPTY);
  const received = useRef(0);
  useEffect(() => {
    let socket;
    const connect = async () => {
      const answer = await fetch("/api/v1/instruments");
      dispatch({ type: "instruments", ...(await answer.json()) });
      socket = new WebSocket(`ws://${location.host}/ws?subscribe=ticker:*,stats:*`, "tickwire.v1.json");
      socket.onmessage = ({ data }) => {
        const events = JSON.parse(data);
        if (!Array.isArray(events)) return;
        received.current += events.length;
        dispatch({ type: "events", events });
      };
    };
    connect();
    return () => socket?.close();
  }, []);
  return [market, received];
}
