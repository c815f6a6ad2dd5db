import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/views.css";

import { createRoot } from "react-dom/client";
import { App } from "./App";
import { applyTheme } from "./charts/theme";

applyTheme();

const root = document.getElementById("explorer");
if (!root) {
  throw new Error("the page has no #explorer");
}
createRoot(root).render(<App />);
