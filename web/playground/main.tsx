import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./playground.css";

import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { EditorLook } from "./editor-look";
import { examples } from "./examples";
import { examplesPlugin } from "./examples-plugin";
import { fetcher } from "./fetcher";
import { opening } from "./opening";
import { playgroundStorage } from "./storage";

const storage = playgroundStorage(localStorage);
const plugins = [HISTORY_PLUGIN, examplesPlugin];
const tabs = examples.map(({ query, variables }) => ({ query, variables }));

const root = document.getElementById("playground");
if (!root) {
  throw new Error("the page has no #playground");
}
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultTabs={tabs}
    storage={storage}
    {...opening(storage)}
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <EditorLook />
      <a className="home" href="/">
        countyql
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
