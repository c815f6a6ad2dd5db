// Serves PostGraphile with its plugins for aggregates and filters: in production, with a worker a processor, each with a pool of
// connections and the statements that it prepares. Prints HOST:PORT once it answers.
"use strict";

const cluster = require("node:cluster");
const http = require("node:http");
const os = require("node:os");

const workers = os.availableParallelism();

if (cluster.isPrimary) {
  const ready = [];
  for (let n = 0; n < workers; n++) {
    cluster.fork().on("message", (address) => {
      ready.push(address);
      if (ready.length === workers) console.log(address);
    });
  }
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGTERM");
    process.exit(0);
  });
} else {
  const { Pool } = require("pg");
  const { postgraphile } = require("postgraphile");
  const aggregates = require("@graphile/pg-aggregates").default;
  const filters = require("postgraphile-plugin-connection-filter");
  const url = new URL(process.argv[2]);
  const pool = new Pool({ host: url.searchParams.get("host"), user: url.searchParams.get("user"), database: url.pathname.slice(1), max: 8 });
  const answer = postgraphile(pool, "public", {
    appendPlugins: [aggregates, filters],
    disableQueryLog: true,
    disableDefaultMutations: true,
    dynamicJson: true,
    graphiql: false,
    ignoreRBAC: false,
    retryOnInitFail: false,
  });
  const server = http.createServer(answer);
  // Workers that listen on port 0 of one cluster share the port.
  server.listen(0, "127.0.0.1", () => process.send(`127.0.0.1:${server.address().port}`));
}
