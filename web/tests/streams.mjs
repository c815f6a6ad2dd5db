// Follows the server at COUNTYQL_URL with the clients of both streaming protocols while figures are loaded into its store at
// COUNTYQL_STORE, and asks what clients rely on.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient as createEventsClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import WebSocket from "ws";

const address = process.env.COUNTYQL_URL;
const store = process.env.COUNTYQL_STORE;
if (!address || !store) {
  throw new Error("COUNTYQL_URL and COUNTYQL_STORE are not set: run this with tools/with-server");
}
const root = join(import.meta.dirname, "../..");
const url = `${address}/graphql`;
const failures = [];
const connected = deferred();
const clients = {
  "graphql-ws": createSocketClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    lazy: false,
    keepAlive: 200,
    on: { connected: connected.resolve, error: (error) => failures.push(error) },
    onNonLazyError: (error) => failures.push(error),
  }),
  "graphql-sse": createEventsClient({ url, retryAttempts: 0 }),
};

const published = Object.fromEntries(Object.keys(clients).map((name) => [name, []]));
let told = deferred();
for (const [name, client] of Object.entries(clients)) {
  follow(name, client).catch((error) => {
    failures.push(error);
    told.resolve();
  });
}

await connected.promise;
const folder = mkdtempSync(join(tmpdir(), "countyql-streams-"));
const loaded = [];
try {
  cpSync(join(root, "data"), folder, { recursive: true });
  // A subscription may begin after the first load, which it is not told of then. It is told of those behind.
  for (let seenByAll = 0; seenByAll < 2 && failures.length === 0 && loaded.length < 10; ) {
    loaded.push(await load(loaded.length + 1));
    if (await seen(loaded.at(-1))) {
      seenByAll++;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
assert.deepEqual(failures, []);
for (const [name, ids] of Object.entries(published)) {
  assert.deepEqual(ids, loaded.slice(-ids.length), `${name}: what was loaded, in order`);
  assert.ok(ids.length >= 2, `${name}: ${ids.length} snapshots`);
}
console.log(`${published["graphql-ws"].length} snapshots seen by ${Object.keys(clients).join(" and ")}`);
process.exit();

// follow asks what any client may, and then collects the snapshots published.
async function follow(name, client) {
  const { data } = await once(client, '{ region(code: "370105") { nameEn } }');
  assert.equal(data.region.nameEn, "Tianqiao", name);
  await assert.rejects(once(client, "{ nothing }"), `${name}: a document that is not valid`);
  for await (const event of client.iterate({
    query: "subscription { snapshotPublished { id load { revised } } }",
  })) {
    assert.equal(event.errors, undefined, name);
    published[name].push(event.data.snapshotPublished.id);
    told.resolve();
    told = deferred();
  }
  throw new Error(`${name}: the subscription ended by itself`);
}

// load publishes one figure more and returns the snapshot that is served then.
async function load(revision) {
  const day = String(revision).padStart(2, "0");
  appendFileSync(
    join(folder, "observations.csv"),
    `140403,volunteer_teams,,2021-01-01,ACTUAL,${revision},,EXACT,,,,,,sichuan_daily_2020_03_11,2021-01-${day},false,,\n`,
  );
  const out = execFileSync(join(root, "bin/countyql"), ["load", "--store", store, "--json", folder], {
    encoding: "utf8",
  });
  return JSON.parse(out).snapshot;
}

// seen reports whether every client is told of a snapshot within some seconds.
async function seen(id) {
  const late = setTimeout(() => told.resolve("late"), 5000);
  try {
    while (Object.values(published).some((ids) => !ids.includes(id))) {
      if ((await told.promise) === "late" || failures.length > 0) {
        return false;
      }
    }
    return true;
  } finally {
    clearTimeout(late);
    told = deferred();
  }
}

async function once(client, query) {
  for await (const answer of client.iterate({ query })) {
    return answer;
  }
  throw new Error("there is no answer");
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
