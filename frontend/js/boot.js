// The script that the page names: starts the dashboard, and installs the worker that keeps it.
import "./install.js";
import init from "dashboard"; // wasm-bindgen's glue, which xtask knows the place of

init({ module_or_path: new URL("./dashboard_bg.wasm", import.meta.url) });
