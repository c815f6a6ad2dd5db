import { readdirSync } from "node:fs";
import { open, panel } from "./explorer";
import { expect, test } from "./watched";

const views = ["compare", "matrix", "trend", "relate", "distribution", "coverage", "sources"];

test("the explorer works where the server answers no other documents than its own", async ({
  page,
  request,
}) => {
  const refused = await request.post("/graphql", { data: { query: "{ snapshot { id } }" } });
  expect(refused.status()).toBe(403);
  const asked = new Set<string>();
  const failed: string[] = [];
  page.on("response", async (response) => {
    if (!response.url().endsWith("/graphql")) {
      return;
    }
    const name = /^\s*(?:query|subscription) (\w+)/.exec(response.request().postDataJSON().query)?.[1];
    asked.add(name ?? "?");
    if (!response.ok()) {
      failed.push(`${name} ${response.status()}`);
    }
  });
  for (const view of views) {
    await open(page, `view=${view}`);
    await expect(page.locator("#view")).not.toContainText("FORBIDDEN");
  }
  await open(page);
  await page.locator(".bar-value").first().click();
  await expect(panel(page)).toContainText("Tianqiao");
  await expect.poll(() => [...asked]).toContain("Evidence");
  expect(failed).toEqual([]);
  const listed = readdirSync(new URL("../explorer/api/documents/", import.meta.url)).map((name) =>
    name.replace(/\.graphql$/, ""),
  );
  expect(listed).toEqual(expect.arrayContaining([...asked]));
  expect(asked.size).toBeGreaterThan(views.length);
});
