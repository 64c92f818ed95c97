import { createRoot } from "react-dom/client";

import { Watchlist } from "./Watchlist.jsx";
import "./main.css";

createRoot(document.getElementById("root")).render(<Watchlist />);
