import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const command = "../bin/countyql";

/**
 * Starts a second server, with what the bundled figures do not have: lines of several periods with gaps and forecasts, revisions,
 * bounds, parts of two dimensions, and figures of every county. Its address is in COUNTYQL_FIGURES. Returns what ends it.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env.COUNTYQL_DOCUMENTS !== undefined) {
    // Where only the explorer's documents are answered, nothing is asked of a second server.
    return async () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), "countyql-figures-"));
  const store = join(folder, "store");
  const load = (...paths: string[]) =>
    execFileSync(command, ["load", "--store", store, ...paths], { stdio: "pipe" });
  load("../data");
  const land = join(folder, "land.csv");
  writeFileSync(land, landOfEveryCounty());
  load(...tablesIn("tests/data/first"), land);
  load(...tablesIn("tests/data/second"));

  const server = spawn(command, ["serve", "--store", store, "--listen", "127.0.0.1:0"]);
  process.env.COUNTYQL_FIGURES = await addressOf(server);
  return async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
}

function tablesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

/** The first line of the server's greeting names its address. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [said, log] = ["", ""];
    server.stderr?.on("data", (chunk) => {
      log += chunk;
    });
    server.stdout?.on("data", (chunk) => {
      said += chunk;
      const address = /^page\s+(http:\S+)\/$/m.exec(said)?.[1];
      if (address) {
        resolve(address);
      }
    });
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
}

/** Cropland and grain of every county in force: pairs that scatter around a line, the same in every run. */
function landOfEveryCounty(): string {
  const counties = readFileSync("../data/regions.csv", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [code, , , level] = line.split(",");
      const retired = /,\d{4}-\d\d-\d\d,\d*$/.test(line);
      return code && level === "COUNTY" && !retired ? [code] : [];
    });
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const rows = counties.flatMap((code) => {
    const hectares = 500 + next(90_000);
    const tonnes = Math.round((hectares * (400 + next(300))) / 100);
    return [
      `${code},cropland,2019-12-31,${hectares},invented_yearbook`,
      `${code},grain_output,2019,${tonnes},invented_yearbook`,
    ];
  });
  return `region,indicator,period,value,source\n${rows.join("\n")}\n`;
}
