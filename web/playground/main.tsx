import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./playground.css";

import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { EditorLook } from "./editor-look";
import { examples } from "./examples";
import { examplesPlugin } from "./examples-plugin";
import { opening } from "./opening";

const fetcher = createGraphiQLFetcher({ url: "/graphql", enableIncrementalDelivery: false });
const plugins = [HISTORY_PLUGIN, examplesPlugin];
const tabs = examples.map(({ query, variables }) => ({ query, variables }));

const root = document.getElementById("playground");
if (!root) {
  throw new Error("the page has no #playground");
}
createRoot(root).render(
  // Headers may hold a token, so they are never kept in local storage.
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultTabs={tabs}
    {...opening(localStorage)}
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
