import { readdirSync, readFileSync } from "node:fs";
import type { Page, Response } from "@playwright/test";
import { expect, expectNoSidewaysScrolling, expectStrictPolicy, test } from "./watched";

const folder = new URL("../playground/examples/", import.meta.url);

/** The examples: the operation's name, which stands on the tab, and the title, which is the first line in the editor. */
const examples = readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    return { name: /^query (\w+)/m.exec(text)?.[1] ?? file, title: text.slice(2, text.indexOf("\n")) };
  });
const names = examples.map(({ name }) => name);
const first = examples[0] ?? { name: "", title: "" };
const last = examples.at(-1) ?? first;

test("has a strict content security policy", async ({ page }) => {
  await expectStrictPolicy(page, "/playground");
});

test("opens with every example", { tag: "@narrow" }, async ({ page }) => {
  await open(page);
  await expect(tabs(page)).toHaveText(names);
  await expect(page.getByRole("tab").first()).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("天桥");
  await expectNoSidewaysScrolling(page);
});

test("runs every example, and each has something to show", async ({ page }) => {
  test.slow();
  await open(page);
  for (const { name, title } of examples) {
    await test.step(name, async () => {
      await tabs(page).getByText(name, { exact: true }).click();
      await expect(operation(page)).toContainText(title);
      const response = await run(page);
      const { data, errors } = await response.json();
      expect(errors).toBeUndefined();
      expect(Object.keys(data).length).toBeGreaterThan(0);
      expect(emptyIn(data, "data")).toEqual([]);
      await expect(result(page)).toContainText('"data"');
    });
  }
});

/** Where an answer has nothing: null root fields, and lists of what an example is about that have no item. */
function emptyIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, at) => emptyIn(each, `${path}.${at}`));
  }
  if (value === null || typeof value !== "object") {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const about = ["nodes", "groups", "series", "entries", "points", "neighbours", "histogram", "search"];
    const empty =
      inner === null ? path === "data" : about.includes(key) && Array.isArray(inner) && !inner.length;
    return empty ? [`${path}.${key}`] : emptyIn(inner, `${path}.${key}`);
  });
}

test("lists the query type in the documentation", { tag: "@narrow" }, async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  const pane = page.locator(".graphiql-plugin");
  await pane.getByRole("link", { name: "Query", exact: true }).first().click();
  for (const field of ["observations", "aggregate", "compare", "search"]) {
    await expect(pane.getByRole("link", { name: field, exact: true })).toBeVisible();
  }
  await expectNoSidewaysScrolling(page);
});

test("keeps tabs with their variables, and no headers", async ({ page, offences }) => {
  // The server knows no such token.
  offences.expected.push("401 (Unauthorized)");
  await open(page);
  await closeLast(page);
  // GraphiQL may still be about to open the tab beside the one that was closed.
  await expect(async () => {
    await tabs(page).getByText("Evidence").click();
    await expect(operation(page)).toContainText(examples[1]?.title ?? "", { timeout: 2000 });
  }).toPass();
  await page.getByRole("button", { name: "Headers", exact: true }).click();
  await page.getByRole("region", { name: "Headers" }).locator(".monaco-editor:visible").click();
  await page.keyboard.insertText('{"Authorization": "Bearer secret"}');
  const response = await run(page);
  expect(response.request().headers().authorization).toBe("Bearer secret");
  // GraphiQL writes to the storage half a second later.
  await expect.poll(async () => JSON.parse(await stored(page, "graphiql:tabState")).activeTabIndex).toBe(1);
  await expect.poll(() => stored(page, "graphiql:queries")).toContain("370124");

  await page.reload();
  await expect(operation(page)).toContainText(examples[1]?.title ?? "");
  await expect(tabs(page)).toHaveText(names.slice(0, -1));
  await expect(page.getByRole("tab", { name: "Evidence" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("370124");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(kept).not.toContain("secret");
});

test("opens an example again after its tab was closed", { tag: "@narrow" }, async ({ page }) => {
  await open(page);
  await closeLast(page);
  await page.getByRole("button", { name: "Show Examples" }).click();
  await page.getByRole("region", { name: "Examples" }).getByRole("button").last().click();
  await expect(tabs(page)).toHaveText(names);
  await expect(page.getByRole("tab", { name: last.name })).toHaveAttribute("aria-selected", "true");
  await expect(operation(page)).toContainText(last.title);

  // An example that is open is gone to, not opened twice.
  const pane = page.getByRole("region", { name: "Examples" });
  if (!(await pane.isVisible())) {
    await page.getByRole("button", { name: "Show Examples" }).click();
  }
  await pane.getByRole("button").first().click();
  await expect(tabs(page)).toHaveText(names);
  await expect(page.getByRole("tab").first()).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("天桥");
});

test("marks a field that the schema does not have", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "New tab" }).click();
  await page.getByRole("region", { name: "Operation Editor" }).locator(".monaco-editor").click();
  await page.keyboard.insertText("query Wrong { snapshot { id weather } }");
  await expect(
    page.getByRole("region", { name: "Operation Editor" }).locator(".squiggly-error"),
  ).toBeVisible();
});

test("runs an operation written by keyboard alone", async ({ page }) => {
  await open(page);
  const add = page.getByRole("button", { name: "New tab" });
  for (
    let presses = 0;
    presses < 60 && !(await add.evaluate((node) => node === document.activeElement));
    presses++
  ) {
    await page.keyboard.press("Tab");
  }
  await expect(add).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(tabs(page)).toHaveCount(names.length + 1);

  const inEditor = () =>
    page.evaluate(() => !!document.activeElement?.closest(".graphiql-query-editor .graphiql-editor"));
  for (let presses = 0; presses < 60 && !(await inEditor()); presses++) {
    await page.keyboard.press("Tab");
  }
  expect(await inEditor()).toBe(true);
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("query ByKeyboard { snapshot { id } }");
  await expect(page.getByRole("tab", { name: "ByKeyboard" })).toBeVisible();
  const response = await answer(page, () => page.keyboard.press("Control+Enter"));
  expect((await response.json()).data.snapshot.id).toBeTruthy();
  await expect(result(page)).toContainText('"snapshot"');
});

/** Opens the playground as a first-time visitor and waits until the schema has been read. */
async function open(page: Page): Promise<void> {
  const schema = page.waitForResponse((response) => isGraphQL(response, "IntrospectionQuery"));
  await page.goto("/playground");
  await schema;
  await expect(operation(page)).toContainText(first.title);
}

function operation(page: Page) {
  return page.getByRole("region", { name: "Operation Editor" }).locator(".view-lines");
}

function result(page: Page) {
  return page.getByRole("region", { name: "Result Window" }).locator(".view-lines");
}

/** The tabs' buttons, each with the name of its operation. */
function tabs(page: Page) {
  return page.locator(".graphiql-tab-button");
}

async function closeLast(page: Page): Promise<void> {
  await tabs(page).last().click();
  await expect(operation(page)).toContainText(last.title);
  await page.getByRole("tab").last().getByRole("button", { name: "Close Tab" }).click();
  await expect(tabs(page)).toHaveText(names.slice(0, -1));
}

/** Executes the operation and returns the server's answer. */
function run(page: Page): Promise<Response> {
  return answer(page, () => page.getByRole("button", { name: "Execute query" }).click());
}

/** Does something and returns the server's answer to the operation that it sent. */
async function answer(page: Page, act: () => Promise<void>): Promise<Response> {
  const response = page.waitForResponse(
    (candidate) => isGraphQL(candidate) && !isGraphQL(candidate, "IntrospectionQuery"),
  );
  await act();
  return response;
}

function isGraphQL(response: Response, operationName = ""): boolean {
  const request = response.request();
  return (
    request.method() === "POST" &&
    new URL(request.url()).pathname === "/graphql" &&
    (request.postData() ?? "").includes(operationName)
  );
}

function stored(page: Page, key: string): Promise<string> {
  return page.evaluate((name) => localStorage.getItem(name) ?? "", key);
}
