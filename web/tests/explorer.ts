import type { APIRequestContext, Page } from "@playwright/test";
import { expect } from "./watched";

export const counties = ["370105", "370124", "140403", "220721", "510402"];
export const industry = [{ dimension: "enterprise_class", value: "above_scale_industry" }];

/** Opens the explorer in English, or as the query says, and waits for its figures. */
export async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`/?${query}${query.includes("lang=") ? "" : "&lang=en"}`);
  await expect(page.locator("#view")).toBeVisible();
  await expect(page.locator("#view .waiting")).toHaveCount(0);
}

/** Asks the server itself: what the page shows is held against it. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of an answer.
export async function ask(request: APIRequestContext, query: string, variables: object = {}): Promise<any> {
  const answer = await (await request.post("/graphql", { data: { query, variables } })).json();
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

/** The panel at the side. */
export function panel(page: Page) {
  return page.getByRole("dialog");
}

/** The selection: beside the views or, where there is no room, behind its button. */
export async function selection(page: Page) {
  const button = page.getByRole("button", { name: "Selection", exact: true });
  if (await button.isVisible()) {
    await button.click();
    return panel(page);
  }
  return page.getByRole("complementary", { name: "Selection" });
}

/** Leaves the selection where it covers the views. */
export async function leaveSelection(page: Page): Promise<void> {
  const done = panel(page).getByRole("button", { name: "Show the figures" });
  while ((await done.count()) > 0) {
    await done.last().click();
  }
}
