import AxeBuilder from "@axe-core/playwright";
import { expect, expectNoSidewaysScrolling, expectStrictPolicy, test } from "./watched";

const query = "{ snapshot { id observations regions indicators } }";

test("has a strict content security policy", async ({ page }) => {
  await expectStrictPolicy(page, "/");
});

test("shows the figures of the snapshot", async ({ page, request }) => {
  const answer = await (await request.post("/graphql", { data: { query } })).json();
  const { id, observations, regions, indicators } = answer.data.snapshot;
  expect(observations).toBeGreaterThan(0);

  await page.goto("/");
  const panel = page.getByRole("region", { name: "Current snapshot" });
  await expect(panel.locator("dt")).toHaveText(["observations", "regions", "indicators"]);
  await expect(panel.locator("dd")).toHaveText(
    [observations, regions, indicators].map((count: number) => count.toLocaleString("en")),
  );
  await expect(panel).toContainText(id);
  await expectNoSidewaysScrolling(page);
});

test("links to what the server answers", async ({ page, request }) => {
  await page.goto("/");
  const routes = page.getByRole("region", { name: "What this server answers" });
  await expect(routes.getByRole("link")).toHaveText([
    "/playground",
    "/graphql",
    "/schema.graphql",
    "/healthz",
  ]);
  for (const path of ["/playground", "/schema.graphql", "/healthz", "/licences.txt"]) {
    expect((await request.get(path)).status(), path).toBe(200);
  }
  const shell = page.getByRole("region", { name: "Ask from a shell" });
  await expect(shell).toContainText(`curl -s ${new URL(page.url()).origin}/graphql`);
});

test("says that nothing is loaded", async ({ page }) => {
  const snapshot = {
    id: "0",
    publishedAt: "2020-03-02T00:00:00Z",
    observations: 0,
    regions: 0,
    indicators: 0,
  };
  await page.route("**/graphql", (route) => route.fulfill({ json: { data: { snapshot } } }));
  await page.goto("/");
  await expect(page.getByText("No figures are loaded yet")).toBeVisible();
});

test("says why the snapshot could not be read, and tries again", async ({ page, offences }) => {
  offences.expected.push("Failed to load resource");
  const message = "The server is busy: try again in a moment.";
  await page.route("**/graphql", (route) => route.fulfill({ status: 503, json: { errors: [{ message }] } }));
  await page.goto("/");
  await expect(page.getByRole("alert")).toContainText(message);

  await page.unroute("**/graphql");
  await page.route("**/graphql", (route) => route.abort());
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toContainText("The server could not be reached.");

  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator("dd")).toHaveCount(3);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("leads to the playground by keyboard", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Open the playground" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/playground\/?$/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`has no accessibility violations in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/");
    await expect(page.locator("dd")).toHaveCount(3);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html) })),
    ).toEqual([]);
  });
}
