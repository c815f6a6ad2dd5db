import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { ask, leaveSelection, open, panel, selection } from "./explorer";
import { expectShown, jinan, reports, test, valuesOf } from "./figures";
import { expect } from "./watched";

// What marks, lines and words mean, on figures that have it all.

const chart = (page: Page, name: string | RegExp) => page.getByRole("img", { name });
const dashes = (lines: Locator) =>
  lines.evaluateAll((paths) =>
    paths
      .filter((path) => path.getAttribute("fill") === "none" && Number(path.getAttribute("stroke-width")) > 1)
      .map((path) => path.getAttribute("stroke-dasharray") ?? "solid"),
  );

/** Chooses a mark of a chart where it stands, as a reader does: who points at it sees it drawn in front of the others before pressing. */
async function pick(mark: Locator): Promise<void> {
  await mark.scrollIntoViewIfNeeded();
  const box = await mark.boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  const page = mark.page();
  await page.mouse.move(x, y);
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  await page.mouse.click(x, y);
}

test("dashes forecasts, leaves filled points hollow, draws every indicator", async ({ page }) => {
  await open(page, "view=trend&i=gdp&i=unemployment_rate&i=visitors&r=370102,370105&fill=LINEAR");
  const lines = chart(page, /^Trend: Gross regional product/);
  await expect(lines).toHaveAccessibleName(
    /Lines: 4\. dashed: forecast or target\. hollow or pale dots: filled/,
  );
  await expect(
    chart(page, /^Trend: Unemployment rate\. Lines: 2\. Each region has figures of one period/),
  ).toBeVisible();
  expect(await dashes(lines.locator("path"))).toEqual(["solid", "8,4", "solid", "8,4"]);
  // One gap, in the second quarter of 2019: a mark with the ground of the card inside.
  await expect(lines.locator("path[stroke='#d55e00'][fill='#ffffff']")).toHaveCount(1);

  // Where points are many, what is filled is a pale dotted line.
  const pale = chart(page, /^Trend: Visitors/).locator("path[stroke-opacity='0.6'][stroke-dasharray]");
  await expect(pale).not.toHaveCount(0);

  await page.getByLabel("Gaps").selectOption("Left open");
  await expect(pale).toHaveCount(0);
  await expect(lines).toHaveAccessibleName(/dashed: forecast or target$/);
  await expect(lines.locator("path[stroke='#d55e00'][fill='#ffffff']")).toHaveCount(0);
});

test("opens the evidence of a point of a line, with the reports before it", async ({ page }) => {
  await open(page, "view=trend&i=gdp&r=370102&to=2019-12-31");
  // The last of the marks, the fourth quarter of 2019, was revised.
  const marks = chart(page, /^Trend/).locator("path[fill='#0072b2']");
  await expect(marks).toHaveCount(8);
  await pick(marks.last());
  const shown = panel(page);
  await expect(shown).toContainText("Q4 2019");
  await expect(shown.locator(".evidence-value")).toContainText("395");
  await expect(shown.locator(".revisions li")).toHaveText([
    /^395.*shown.*10 Jun 2020 · Corrections of invented figures/,
    /^420.*20 Feb 2020 · Yearbook of invented figures/,
  ]);
  await expect(page).toHaveURL(/e=gdp~370102~2019-Q4~ACTUAL/);
});

test("answers with what was known on a day", async ({ page }) => {
  await open(page, `i=hospital_beds&r=370105&asof=2020-03-01&e=hospital_beds~370105~~`);
  await expect(panel(page).locator(".evidence-value")).toHaveText(/^≤ 800/);
  await expect(panel(page)).toContainText("不到800张");
  await page.keyboard.press("Escape");
  await expect(page.locator(".bar-value")).toHaveText(["≤ 800"]);
  const side = await selection(page);
  await side.getByLabel("As known on").fill("");
  await side.getByLabel("As known on").press("Enter");
  await expect(page.locator(".bar-value")).toHaveText(["812"]);
});

test("lays the days around two events on each other", async ({ page, request }) => {
  await open(page, "view=trend&i=visitors&r=370102&event=2020-01-25&with=2019-02-05");
  const lines = chart(page, /^Trend: Visitors/);
  await expect(lines).toHaveAccessibleName(/dotted: as many days from the event compared with/);
  await expect(lines).toContainText("Day 0");
  await expect(lines).toContainText("Lixia · 25 Jan 2020");
  await expect(lines).toContainText("Lixia · 5 Feb 2019");
  await expect(lines).toContainText("Days from the event");
  // Thirteen days around either, one of them a gap, each by its own day 0.
  await expect(lines.locator("path[fill='#0072b2']")).toHaveCount(13 + 12 + 2);

  // On the year before is on the same day from the event: 25 January 2020 against 5 February 2019.
  const values = await reports(request, "visitors", { regions: { codes: ["370102"] } });
  const on = (day: string) => values.find(({ period }) => period.label === day)?.value ?? Number.NaN;
  await page.getByText("Points as a table").click();
  const row = page.locator(".points tr", { hasText: "25 Jan 2020" });
  await expect(row.locator("td").nth(1)).toHaveText("0");
  await expect(row.locator("td").nth(3)).toHaveText(String(on("2020-01-25")));
  expectShown(
    [await row.locator("td").last().innerText()],
    [100 * (on("2020-01-25") / on("2019-02-05") - 1)],
  );
});

test("relates thousands of counties, and opens both figures of a point", async ({ page }) => {
  await open(page, "view=relate&i=cropland&i=grain_output");
  await expect(chart(page, /^Relate: Cropland, Grain output\. Points: 2,978\. With the line/)).toBeVisible();

  await open(page, "view=relate&i=cropland&i=grain_output&r=370102,370105,370112,370124");
  const points = chart(page, /Points: 4\. With the line/).locator("path[fill='#3f66b0']");
  await expect(points).toHaveCount(4);
  await pick(points.first());
  await expect(panel(page).locator(".evidence-what")).toHaveText(["Cropland", "Grain output"]);
  await expect(panel(page).locator(".evidence-value")).toHaveCount(2);
  const shared = page.url();
  await page.keyboard.press("Escape");
  await page.goto(shared);
  await expect(panel(page).locator(".evidence-what")).toHaveText(["Cropland", "Grain output"]);
});

test("saves the pairs as a table, and the trend of every indicator as one picture", async ({
  page,
  request,
}) => {
  const save = async (name: string) => {
    await page.locator(".menu > summary").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".menu-body").getByText(name, { exact: true }).click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  };
  await open(page, `view=relate&i=cropland&i=grain_output&in=${jinan}`);
  await expect(page.locator(".facts")).toBeVisible();
  const [head = "", ...rows] = (await save("CSV")).trim().split("\r\n");
  expect(head).toMatch(/^region,Region,Cropland \(ha\),Precision: Cropland,Grain output \(t\)/);
  const column = (at: number) => rows.map((row) => Number(row.split(",")[at]));
  expect(column(2)).toEqual(valuesOf(await reports(request, "cropland")));
  expect(column(4)).toEqual(valuesOf(await reports(request, "grain_output")));

  await open(page, "view=trend&i=gdp&i=visitors&r=370102");
  await expect(page.locator(".chart svg")).toHaveCount(2);
  const picture = await save("SVG");
  expect(picture).toContain("Gross regional product");
  expect(picture).toContain("Visitors");

  await open(page, `view=coverage&i=hospital_beds&in=${jinan}`);
  const figures = (await save("CSV")).trim().split("\n");
  const { observations } = await ask(
    request,
    `{ observations(where: {indicators: ["hospital_beds"], regions: {within: ["${jinan}"]}, status: [ACTUAL]}) { totalCount } }`,
  );
  expect(figures.length - 1).toBe(observations.totalCount);
});

test("says why a figure is missing, and who said so", async ({ page }) => {
  await open(page, `i=hospital_beds&in=${jinan}`);
  await page.getByRole("button", { name: /^Laiwu, Hospital beds: withheld/ }).click();
  await expect(panel(page).locator(".evidence-value")).toHaveText("No figure");
  await expect(panel(page).locator(".figure")).toContainText("Yearbook of invented figures");
  await expect(panel(page).locator(".figure")).toContainText("withheld");
});

test("marks ranks that bounds could change, and says what a bound is", async ({ page }) => {
  await open(page, `i=hospital_beds&in=${jinan}`);
  const row = (name: string) => page.locator(".bar", { hasText: name });
  await expect(row("Shizhong").locator(".bar-rank abbr")).toHaveAttribute("title", /could change this rank/);
  await expect(row("Shizhong").locator(".bar-fill")).toHaveClass(/AT_LEAST/);
  await expect(row("Huaiyin").locator(".bar-value")).toHaveText("≈ 1,500");
  await expect(row("Pingyin").locator(".bar-rank abbr")).toHaveCount(0);
  await expect(page.getByText("≥ at least · ≤ at most · ≈ approximate")).toBeVisible();
});

test("compares a county with its peers", async ({ page }) => {
  await open(page, "i=cropland&i=grain_output&r=370124");
  const side = await selection(page);
  await side.getByRole("button", { name: "Add regions" }).click();
  const picker = panel(page).last();
  await picker.getByText("Peers", { exact: true }).click();
  await picker.getByRole("button", { name: "Use these peers" }).click();
  await expect(side.getByText("Peers of Pingyin")).toBeVisible();
  const card = page.getByRole("region", { name: "Cropland", exact: true });
  await expect(card.locator(".bar")).toHaveCount(13);
  await expect(page).toHaveURL(/peers=370124,SAME_PARENT/);

  await side.getByRole("button", { name: "Add regions" }).click();
  await picker.getByText("Peers", { exact: true }).click();
  await picker.getByLabel("Peers are regions").selectOption("most alike");
  await picker.getByLabel("How many").fill("4");
  await picker.getByRole("button", { name: "Use these peers" }).click();
  await expect(page).toHaveURL(/peers=370124,NEAREST,4/);
  await expect(card.locator(".bar")).toHaveCount(5);
});

test("takes a part by two dimensions, and the focus stays", async ({ page, request }) => {
  await open(page, "i=hospital_beds&r=370102,370112,370124");
  const side = await selection(page);
  const owner = side.getByLabel("Owner");
  // Owners are told of intensive care alone: the list says so before it is chosen.
  await expect(owner.locator("option")).toHaveText([
    "Total",
    "Public (only by Ward)",
    "Private (only by Ward)",
  ]);
  await side.getByLabel("Ward").selectOption({ label: "Intensive care (3)" });
  await expect(owner.locator("option")).toHaveText(["Total", "Public (3)", "Private (3)"]);
  await owner.focus();
  await owner.selectOption({ label: "Public (3)" });
  await expect(owner).toBeFocused();
  await leaveSelection(page);
  await expect(page).toHaveURL(/i=hospital_beds\[ward=intensive;owner=public\]/);
  await expect(page.locator(".card .slice")).toHaveText("Intensive care, Public");
  const parts = await reports(request, "hospital_beds", {
    slice: [
      { dimension: "ward", value: "intensive" },
      { dimension: "owner", value: "public" },
    ],
  });
  await expect(page.locator(".bar-value")).toHaveText(valuesOf(parts).map(String));
});

test("reaches a part that four dimensions make together", async ({ page }) => {
  await open(page, "i=hospital_staff&r=370105");
  const side = await selection(page);
  const choose = (dimension: string, option: string) =>
    side.getByLabel(dimension).selectOption({ label: option });
  await choose("Ward", "Intensive care (only by Owner, Sex, Shift)");
  await choose("Shift", "Night (only by Owner, Sex)");
  await choose("Sex", "Female (only by Owner)");
  await choose("Owner", "Public (1)");
  await expect(page.locator(".bar-value")).toHaveText(["7"]);
  // What goes with all others is offered in each list.
  await expect(side.getByLabel("Ward").locator("option")).toHaveText(["Total", "Intensive care (1)"]);
  await choose("Shift", "Total");
  await choose("Ward", "General wards (1)");
  await expect(page.locator(".bar-value")).toHaveText(["9"]);
});

test("keeps names of axes and of points apart, and all of them in the chart", { tag: "@narrow" }, async ({
  page,
}) => {
  await open(
    page,
    "view=relate&i=hospital_beds[ward=intensive;owner=public]&i=unemployment_rate&r=370102,370103,370104,370105",
  );
  const names = chart(page, /^Relate: /).locator("text");
  await expect(names.filter({ hasText: "Unemployment rate (percent)" })).toBeVisible();
  const boxes = await names.evaluateAll((texts) =>
    texts.map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return { text: text.textContent, left, right, top, bottom };
    }),
  );
  const frame = await chart(page, /^Relate: /).boundingBox();
  for (const [at, a] of boxes.entries()) {
    expect(a.left, a.text ?? "").toBeGreaterThanOrEqual((frame?.x ?? 0) - 1);
    expect(a.right, a.text ?? "").toBeLessThanOrEqual((frame?.x ?? 0) + (frame?.width ?? 0) + 1);
    for (const b of boxes.slice(at + 1)) {
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      expect(over > 3 && down > 3, `${a.text} lies on ${b.text}`).toBe(false);
    }
  }
});

test("lists the regions of a bar of the histogram, each with its evidence", async ({ page }) => {
  await open(page, `view=distribution&i=grain_output&in=${jinan}`);
  const bars = chart(page, /^Distribution: Grain output\. Bars: /);
  await expect(bars).toContainText("Median");
  await expect(bars).toContainText("Mean");
  await pick(bars.locator("path[fill='#3f66b0']").first());
  const inside = page.locator(".bin-rows li");
  await expect(inside).not.toHaveCount(0);
  await inside.first().getByRole("button").click();
  await expect(panel(page)).toContainText("Yearbook of invented figures");
});

test("opens evidence from cells, checks, documents and changes", async ({ page }) => {
  const shows = async (mark: Locator, text: string | RegExp) => {
    await mark.click();
    await expect(panel(page).locator(".figure").first()).toContainText(text);
    await page.keyboard.press("Escape");
    await expect(panel(page)).toHaveCount(0);
  };
  await open(page, `view=matrix&i=hospital_beds&in=${jinan}`);
  await shows(page.getByRole("button", { name: /^Huaiyin, Hospital beds: ≈ 1,500/ }), "约1500张");
  await shows(page.locator(".absent .cell").first(), "withheld");
  await page.locator("#tab-coverage").click();
  await shows(page.getByRole("button", { name: /^Tianqiao, Hospital beds: figure/ }), "812");
  await shows(
    page.getByRole("button", { name: /^Gangcheng, Hospital beds: not published/ }),
    "not published",
  );
  await page.locator("#tab-sources").click();
  const correction = page.locator(".source", { hasText: "Corrections of invented figures" });
  await correction.getByText("Show its figures").click();
  await shows(correction.getByRole("button", { name: /^Changqing/ }), "655");
  await shows(
    page.locator(".change").getByRole("button", { name: /^Tianqiao, Hospital beds: 812/ }),
    "Counted again.",
  );
});

test("keeps all but the rows in sight out of the page", async ({ page }) => {
  for (const view of ["matrix", "compare", "coverage"]) {
    await open(page, `view=${view}&i=cropland&i=grain_output`);
    const rows = page.locator("#view :is(tbody tr, .rows > li)");
    await expect(rows.first()).toBeVisible();
    const scroller = page.locator("#view :is(.rows-scroller, .table-scroller)").first();
    for (const part of [0.3, 0.7, 1]) {
      await scroller.evaluate((node, at) => node.scrollTo(0, at * node.scrollHeight), part);
      await expect.poll(() => scroller.evaluate((node) => node.scrollTop)).toBeGreaterThan(1000);
      expect(await rows.count()).toBeLessThan(150);
    }
    const last = view === "matrix" ? ["aria-rowindex", "2979"] : ["aria-posinset", "2978"];
    await expect(page.locator(`#view [${last[0]}="${last[1]}"]`).first()).toBeVisible();
  }
});

test("says in Chinese what the server says in English", async ({ page }) => {
  await open(page, `lang=zh&i=hospital_beds&in=${jinan}&e=hospital_beds~370103~~`);
  await expect(panel(page)).toContainText("跨地区：相加 · 跨时间：取最新 · 各部分：相加");
  await expect(panel(page)).toContainText("不少于");
  // A unit that only the loaded figures have.
  await expect(panel(page).locator(".evidence-value")).toContainText("张床位");
  await page.keyboard.press("Escape");
  await page.getByText("使用这些数字前须知").click();
  const note = page.locator(".notes li", { hasText: "各数字的来源不同。" });
  await expect(note.locator("li")).toHaveText("医院床位数：invented_correction；invented_yearbook");
  await expect(page.locator(".missing dt")).toHaveText(["不予公开", "未公布", "尚未加载"]);
  await page.locator("#tab-coverage").click();
  const check = page.locator(".check-card", { hasText: "households_fit_grid_bands" });
  await expect(check.locator("p").nth(1)).toHaveText("数字与由“网格数”推算的不一致");
  await expect(check.locator(".arithmetic")).toContainText("157 × 1,047 = 164,379，报告的是 305,147");
  await expect(page.locator("#view [lang=en]")).toHaveCount(0);
});

test("shows progress, and says when an answer takes long", async ({ page }) => {
  await page.clock.install();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/graphql", async (route) => {
    if (route.request().postData()?.includes("query Compare")) {
      await held;
    }
    await route.continue();
  });
  await page.goto(`/?lang=en&i=hospital_beds&r=370102,370105`);
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Asking the server" })).toBeVisible();
  await page.clock.runFor(3100);
  await expect(page.getByRole("status").filter({ hasText: "takes longer than usual" })).toBeVisible();
  release();
  await expect(page.locator(".bar")).toHaveCount(2);
  await expect(page.getByRole("progressbar")).toHaveCount(0);
});
