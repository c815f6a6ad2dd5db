import { defineConfig } from "vite";

// Every page is one HTML file here; the server maps its routes to them.
const pages = ["index.html", "playground/index.html"];

// Only for `npm run dev`: where the server runs that answers the pages.
const server = process.env.COUNTYQL_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    rolldownOptions: {
      input: pages,
      onLog(level, log, handle) {
        // GraphiQL's modules carry "use no memo", which says something to a compiler that is not used here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") {
          handle(level, log);
        }
      },
    },
    target: "es2022",
    // A data: URL in a style sheet would have to be allowed by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licences.txt" },
    // Monaco is one chunk of some megabytes, read from the same machine.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: "es" },
  server: {
    proxy: { "/graphql": server, "/schema.graphql": server, "/healthz": server },
  },
});
