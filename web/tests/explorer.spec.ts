import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { ask, counties, industry, leaveSelection, open, panel, selection } from "./explorer";
import { expect, expectNoSidewaysScrolling, expectStrictPolicy, test } from "./watched";

const views = ["compare", "matrix", "trend", "relate", "distribution", "coverage", "sources"];
const resumption = "work_resumption_rate[enterprise_class=above_scale_industry]";

test("has a strict content security policy", async ({ page }) => {
  await expectStrictPolicy(page, "/");
});

test("opens with the counties compared, as the server compares them", { tag: "@narrow" }, async ({
  page,
  request,
}) => {
  const { compare } = await ask(
    request,
    `query($input: CompareInput!) { compare(input: $input) { indicators {
      baseline entries { rank region { nameEn } } missing { region { nameEn } } } } }`,
    { input: { indicators: ["work_resumption_rate"], slice: industry, display: { codes: counties } } },
  );
  const [expected] = compare.indicators;
  await open(page);
  const card = page.getByRole("region", { name: /^Work resumption rate/ });
  await expect(card.locator(".bar-name")).toHaveText(
    expected.entries.map((entry: { region: { nameEn: string } }) => entry.region.nameEn),
  );
  await expect(card.locator(".bar-rank")).toHaveText(
    expected.entries.map((entry: { rank: number }) => String(entry.rank)),
  );
  await expect(card.locator(".bar-value")).toHaveText(["100 %", "100 %", "96.94 %", "85.5 %"]);
  await expect(card.locator(".baseline-legend")).toContainText(expected.baseline.toPrecision(4));
  await expect(card.locator(".missing")).toContainText(expected.missing[0].region.nameEn);
  await expect(card.locator(".missing")).toContainText("nothing loaded");
  // A bound is marked as one.
  await expect(
    page
      .getByRole("region", { name: /^Party members/ })
      .locator(".bar-value")
      .first(),
  ).toHaveText("≥ 21,000");
  await expectNoSidewaysScrolling(page);
});

test("opens the evidence of a bar: printed, source, counts, rule", { tag: "@narrow" }, async ({
  page,
  request,
}) => {
  await open(page);
  await page.getByRole("button", { name: /Pingyin, Work resumption rate/ }).click();
  const { compare } = await ask(
    request,
    `query($input: CompareInput!) { compare(input: $input) { indicators { entries { value observations {
      printed publishedOn source { title } numerator denominator } } } } }`,
    { input: { indicators: ["work_resumption_rate"], slice: industry, display: { codes: ["370124"] } } },
  );
  const [entry] = compare.indicators[0].entries;
  const shown = panel(page);
  await expect(shown.locator(".evidence-value")).toContainText(String(entry.value));
  for (const figure of entry.observations) {
    await expect(shown).toContainText(figure.source.title);
    if (figure.printed) {
      await expect(shown).toContainText(figure.printed);
    }
  }
  await expect(shown).toContainText("counts over counts");
  await expect(shown).toContainText("3 of 4");
  await expect(page).toHaveURL(/e=work_resumption_rate/);

  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
});

for (const view of views) {
  test(`shows ${view}, and the address brings it back`, { tag: "@narrow" }, async ({ page }) => {
    await open(page);
    await page.locator(`#tab-${view}`).click();
    await expect(page.locator(`#tab-${view}`)).toHaveAttribute("aria-selected", "true");
    await expect(page.locator("#view .waiting")).toHaveCount(0);
    await expect(page.locator("#view").getByRole("alert")).toHaveCount(0);
    await expectNoSidewaysScrolling(page);
    const text = await page.locator("#view").innerText();
    await page.reload();
    await expect(page.locator(`#tab-${view}`)).toHaveAttribute("aria-selected", "true");
    await expect.poll(() => page.locator("#view").innerText()).toBe(text);
  });
}

test("shares a selection by its address", { tag: "@narrow" }, async ({ page, context }) => {
  await open(page, "view=matrix");
  const side = await selection(page);
  await side.getByRole("button", { name: "Remove People screened" }).click();
  await side.getByRole("button", { name: "Remove Dongqu" }).click();
  await side.getByLabel("Compare with").selectOption("The median");
  await leaveSelection(page);
  await expect(page.locator(".matrix tbody tr")).toHaveCount(4);
  await expect(page.locator(".matrix thead th")).toHaveCount(4);
  await expect(page).toHaveURL(/base=MEDIAN/);

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator(".matrix tbody tr")).toHaveCount(4);
  await expect(other.locator(".matrix")).toHaveText(await page.locator(".matrix").innerText(), {
    useInnerText: true,
  });
  await other.close();

  await page.goBack();
  await expect(page).not.toHaveURL(/base=MEDIAN/);
});

test("finds indicators by pinyin and regions by name", { tag: "@narrow" }, async ({ page, offences }) => {
  await open(page, `i=${resumption}&r=370105`);
  const side = await selection(page);
  await side.getByRole("button", { name: "Add an indicator" }).click();
  await panel(page).last().getByRole("searchbox").fill("wangge");
  await panel(page)
    .last()
    .getByRole("checkbox", { name: /Control grids/ })
    .check();
  await panel(page).last().getByRole("button", { name: "Show the figures" }).click();
  await expect(page).toHaveURL(/i=grids/);
  await side.getByRole("button", { name: "Add regions" }).click();
  await panel(page).last().getByRole("searchbox").fill("平阴");
  await panel(page)
    .last()
    .getByRole("checkbox", { name: /^Pingyin/ })
    .check();
  await expect(page).toHaveURL(/r=370105,370124/);
  expect(offences.found).toEqual([]);
});

test("speaks Chinese: names, units, 万", { tag: "@narrow" }, async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "切换到中文" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await expect(page.getByRole("tab", { name: "比较" })).toHaveAttribute("aria-selected", "true");
  const card = page.getByRole("region", { name: /^摸排人数/ });
  await expect(card.locator(".bar-name")).toHaveText(["潞州区", "天桥区"]);
  await expect(card.locator(".bar-value")).toHaveText(["86万", "84.53万"]);
  await expect(page).toHaveURL(/lang=zh/);
});

test("shows the query, and the playground runs it", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Show the query" }).click();
  await expect(panel(page)).toContainText("query Compare($input: CompareInput!)");
  await expect(panel(page)).toContainText("above_scale_industry");
  await panel(page).getByRole("link", { name: "Open in the playground" }).click();
  await expect(page.getByRole("region", { name: "Operation Editor" })).toContainText("query Compare");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("work_resumption_rate");
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.request().postData()?.includes("query Compare(") ?? false),
    page.getByRole("button", { name: /^Execute query/ }).click(),
  ]);
  expect((await response.json()).data.compare.indicators[0].entries).toHaveLength(4);
});

test("saves CSV, Parquet, PNG and SVG", async ({ page }) => {
  await open(page, `i=${resumption}&r=${counties.join(",")}`);
  const save = async (name: string) => {
    await page.locator(".menu > summary").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".menu-body").getByText(name, { exact: true }).click(),
    ]);
    await page.keyboard.press("Escape");
    return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
  };
  const csv = await save("CSV");
  expect(csv.name).toBe("countyql-compare.csv");
  const [head = "", ...rows] = csv.content.toString().trim().split("\n");
  expect(head.split(",")).toContain("rank");
  expect(rows).toHaveLength(counties.length);
  expect(rows.some((row) => row.includes("96.9387755102"))).toBe(true);
  expect((await save("Parquet")).content.subarray(0, 4).toString()).toBe("PAR1");
  expect((await save("SVG")).content.toString()).toContain("Work resumption rate");
  expect((await save("PNG")).content.subarray(1, 4).toString()).toBe("PNG");
});

test("says what to do where a selection cannot be answered", { tag: "@narrow" }, async ({ page }) => {
  await open(page, "i=no_such_indicator");
  await expect(page.getByRole("alert")).toContainText("Remove it, or choose another.");
  const side = await selection(page);
  await side.getByRole("button", { name: "Remove no_such_indicator" }).click();
  await leaveSelection(page);
  await expect(page.locator(".empty")).toContainText("Choose an indicator");
});

test("says that the server is away, and tries again", async ({ page, offences }) => {
  offences.expected.push("Failed to load resource");
  await page.route("**/graphql", (route) => route.abort());
  await page.goto("/?lang=en");
  await expect(page.getByRole("alert")).toContainText("could not be reached");
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".bar")).not.toHaveCount(0);
});

test("goes through views and evidence by keyboard alone", async ({ page }) => {
  await open(page);
  await page.locator("#tab-compare").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#tab-matrix")).toBeFocused();
  await expect(page.locator(".matrix")).toBeVisible();
  const cell = page.locator(".matrix .cell").first();
  for (
    let presses = 0;
    presses < 30 && !(await cell.evaluate((node) => node === document.activeElement));
    presses++
  ) {
    await page.keyboard.press("Tab");
  }
  await expect(cell).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(cell).toBeFocused();
});

test("loads less than 400 kB of script, compressed, and no editor", async ({ page, request }) => {
  const scripts = new Set<string>();
  page.on("request", (each) => each.resourceType() === "script" && scripts.add(each.url()));
  await open(page);
  await page.locator("#tab-trend").click();
  await expect(page.locator(".chart svg").first()).toBeVisible();
  let size = 0;
  for (const url of scripts) {
    expect(url).not.toContain("monaco");
    size += gzipSync(await (await request.get(url)).body()).length;
  }
  expect(scripts.size).toBeGreaterThan(1);
  expect(size).toBeLessThan(400_000);
});

// Each view in both languages and in both colours: the wide window is English and opens light, the narrow one Chinese and dark.
for (const view of views) {
  test(`has no accessibility violations in ${view}`, { tag: "@narrow" }, async ({ page, colorScheme }) => {
    await open(page, `view=${view}&lang=${colorScheme === "dark" ? "zh" : "en"}`);
    await expect(page.locator("#view :is(.card, table)").first()).toBeVisible();
    expect(await violations(new AxeBuilder({ page }))).toEqual([]);
    // Of the other colours only the contrast is another.
    await page.emulateMedia({ colorScheme: colorScheme === "dark" ? "light" : "dark" });
    expect(await violations(new AxeBuilder({ page }).withRules("color-contrast"))).toEqual([]);
  });
}

async function violations(builder: AxeBuilder): Promise<object[]> {
  const found = await builder.analyze();
  return found.violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    nodes: nodes.map(({ html }) => html),
  }));
}

test("has no accessibility violations in its panels", { tag: "@narrow" }, async ({ page }) => {
  await open(page, `e=${resumption}~370124~~`);
  await expect(panel(page).locator(".figure").first()).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");
  const side = await selection(page);
  await side.getByRole("button", { name: "Add regions" }).click();
  await expect(panel(page).last().locator(".tree-line").first()).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("names in Chinese tables are not broken between letters", { tag: "@narrow" }, async ({ page }) => {
  await open(page, "view=coverage&lang=zh");
  const names = page.getByRole("region", { name: "各指标现有的数字" }).locator("tbody th");
  await expect(names.first()).toBeVisible();
  const name = names.first().getByRole("link").or(names.first().getByRole("button")).first();
  const box = await name.boundingBox();
  expect(box?.width).toBeGreaterThan(box?.height ?? 0);
});
