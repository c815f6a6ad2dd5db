import type { Page } from "@playwright/test";
import { open, panel } from "./explorer";
import { expect, test } from "./watched";

interface Stop {
  /** Its place in the page, to tell stops apart. */
  index: number;
  name: string;
  /** Whether it can be seen that it has the focus. */
  outlined: boolean;
  inDialog: boolean;
}

/** What has the focus; null where nothing has. */
function focused(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) {
      return null;
    }
    const outlines = (node: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    };
    return {
      index: [...document.querySelectorAll("*")].indexOf(element),
      name:
        element.getAttribute("aria-label") ??
        element.closest(".field")?.querySelector("label")?.textContent ??
        element.textContent?.trim() ??
        "",
      outlined: outlines(element) || (element.parentElement !== null && outlines(element.parentElement)),
      inDialog: element.closest("dialog") !== null,
    };
  });
}

async function tab(page: Page, key = "Tab"): Promise<Stop> {
  await page.keyboard.press(key);
  const stop = await focused(page);
  expect(stop, "the focus is somewhere").not.toBeNull();
  return stop as Stop;
}

test("walks from the head to the figures in the order of the page, always in sight", async ({ page }) => {
  await open(page, "i=volunteer_teams&r=370124,220721");
  const stops: Stop[] = [];
  for (let presses = 0; presses < 60 && !stops.at(-1)?.name.startsWith("Rank 2."); presses++) {
    stops.push(await tab(page));
  }
  const names = stops.map(({ name }) => name);
  const order = [
    "Skip to the figures",
    "Playground",
    "Copy the link",
    "Colours",
    "切换到中文",
    "Remove Volunteer teams",
    "+ Add an indicator",
    "Remove Pingyin",
    "+ Add regions",
    "Period",
    "Compare with",
    "Compare",
    "Show the query",
    "Download",
  ];
  const found = order.map((name) => names.indexOf(name));
  expect(found, names.join(" | ")).not.toContain(-1);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(names.at(-1)).toContain("Rank 2. Pingyin, Volunteer teams: 289");
  // Forwards only, and nowhere without a mark of the focus.
  expect(stops.map(({ index }) => index)).toEqual(stops.map(({ index }) => index).sort((a, b) => a - b));
  expect(stops.filter(({ outlined }) => !outlined).map(({ name }) => name)).toEqual([]);
  const back = await tab(page, "Shift+Tab");
  expect(back.name).toContain("Rank 1. Qian Gorlos");
});

test("goes past the head, and from the tabs to the figures", async ({ page }) => {
  await open(page, "i=volunteer_teams&r=370124,220721");
  await tab(page);
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  expect((await tab(page)).name).toBe("Compare");
  // One tab has the keyboard; the others are reached with the arrows.
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator("#tab-sources")).toBeFocused();
  await expect(page.locator("#tab-sources")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowRight");
  expect((await tab(page)).name).toBe("Show the query");
});

test("panels keep the focus, Escape closes them, and it goes back", async ({ page }) => {
  await open(page, "i=volunteer_teams&r=370124,220721");
  for (const opener of ["Show the query", "+ Add an indicator", "+ Add regions"]) {
    const button = page.getByRole("button", { name: opener });
    await button.focus();
    await page.keyboard.press("Enter");
    await expect(panel(page)).toBeVisible();
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press("Tab");
      const stop = await focused(page);
      // Past the last stop, a browser may go to its own bar, and comes back into the panel.
      expect(stop === null || stop.inDialog, stop?.name).toBe(true);
      expect(stop?.outlined ?? true, stop?.name).toBe(true);
    }
    await page.keyboard.press("Escape");
    await expect(panel(page)).toHaveCount(0);
    await expect(button).toBeFocused();
  }
  await page.locator(".menu > summary").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".menu-body")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(".menu-body")).toBeHidden();
});

test("chooses an indicator, its place and its removal by keyboard alone", async ({ page }) => {
  await open(page, "i=volunteer_teams&r=370124,220721");
  await page.getByRole("button", { name: "+ Add an indicator" }).focus();
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("party members deployed");
  const offer = panel(page).getByRole("checkbox", { name: /^Party members deployed/ });
  await expect(offer).toBeVisible();
  for (
    let presses = 0;
    presses < 5 && !(await offer.evaluate((node) => node === document.activeElement));
    presses++
  ) {
    await page.keyboard.press("Tab");
  }
  await expect(offer).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await expect(page.locator(".card h3")).toHaveText(["Volunteer teams", "Party members deployed"]);
  await page.getByRole("button", { name: "Move Party members deployed up" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".card h3")).toHaveText(["Party members deployed", "Volunteer teams"]);
});
