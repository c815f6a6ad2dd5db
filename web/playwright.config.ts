import { defineConfig } from "@playwright/test";

const baseURL = process.env.COUNTYQL_URL;
// Set where the server answers the explorer's documents alone: then nothing else can be tested.
const listed = process.env.COUNTYQL_DOCUMENTS !== undefined;
if (!baseURL) {
  throw new Error(
    "COUNTYQL_URL is not set: start a server and give its address, such as http://127.0.0.1:8080",
  );
}

export default defineConfig({
  testDir: "tests",
  globalSetup: listed ? undefined : "./tests/set-up.ts",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    baseURL,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: listed
    ? [{ name: "listed", testMatch: "listed.spec.ts", use: { viewport: { width: 1280, height: 800 } } }]
    : [
        {
          name: "wide",
          testIgnore: ["refresh.spec.ts", "listed.spec.ts"],
          use: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
        },
        {
          name: "narrow",
          // What is drawn and counted is the same in a narrow window; how it lies is not.
          testIgnore: ["refresh.spec.ts", "listed.spec.ts"],
          grep: /@narrow/,
          use: { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
        },
        // It changes the data, so it comes after all others.
        { name: "refresh", testMatch: "refresh.spec.ts", dependencies: ["wide", "narrow"] },
      ],
});
