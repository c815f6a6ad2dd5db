import { ask, open, panel } from "./explorer";
import { expectShown, facts, jinan, marks, mean, nameOf, numberIn, reports, test, valuesOf } from "./figures";
import { expect } from "./watched";

// What each view shows is computed here once more, from the single figures and with nothing that the page asks.

test("compare: order, ranks, values, precision, baseline, differences, reasons", async ({
  page,
  request,
}) => {
  const figures = await reports(request, "hospital_beds");
  const present = figures.filter(({ value }) => value !== null);
  const ranked = [...present].sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const baseline = mean(valuesOf(present));
  await open(page, `i=hospital_beds&i=unemployment_rate&in=${jinan}`);

  const beds = page.getByRole("region", { name: "Hospital beds", exact: true });
  await expect(beds.locator(".bar-name")).toHaveText(ranked.map(nameOf));
  await expect(beds.locator(".bar-rank")).toHaveText(ranked.map((_, at) => new RegExp(`^${at + 1}\\??$`)));
  await expect(beds.locator(".bar-value")).toHaveText(
    ranked.map(({ value, precision }) => `${marks[precision]}${value?.toLocaleString("en")}`),
  );
  expectShown(await beds.locator(".baseline-legend").allInnerTexts(), [baseline], { digits: 4 });
  expectShown(
    await beds.locator(".bar-difference").allInnerTexts(),
    ranked.map(({ value }) => (value ?? 0) - baseline),
  );
  const withheld = figures.find(({ missing }) => missing === "SUPPRESSED");
  expect(withheld).toBeDefined();
  expect((await facts(page, "[aria-label='Hospital beds'] .missing dl")).withheld).toBe(
    withheld && nameOf(withheld),
  );

  // A rate is that of all counted together, and less is better.
  const rates = await reports(request, "unemployment_rate");
  const sum = (key: "numerator" | "denominator") =>
    rates.reduce((total, each) => total + (each[key] ?? 0), 0);
  const rateOf = (at: number) => (100 * (rates[at]?.numerator ?? 0)) / (rates[at]?.denominator ?? 1);
  const order = rates.map((_, at) => at).sort((a, b) => rateOf(a) - rateOf(b));
  const overall = (100 * sum("numerator")) / sum("denominator");
  const card = page.getByRole("region", { name: "Unemployment rate", exact: true });
  await expect(card.locator(".bar")).toHaveCount(rates.length);
  expectShown(await card.locator(".bar-value").allInnerTexts(), order.map(rateOf), { digits: 4 });
  expectShown(await card.locator(".baseline-legend").allInnerTexts(), [overall], { digits: 4 });
  for (const [at, each] of order.entries()) {
    await expect(card.locator(".bar").nth(at)).toHaveClass(rateOf(each) < overall ? /BETTER/ : /WORSE/);
  }
});

test("matrix: every cell, its standing, its value on hover", async ({ page, request }) => {
  await open(page, `view=matrix&i=hospital_beds&i=unemployment_rate&i=cropland&in=${jinan}`);
  const { region: prefecture } = await ask(
    request,
    `{ region(code: "${jinan}") { children(level: COUNTY) { nodes { code name nameEn } } } }`,
  );
  const regions = prefecture.children;
  await expect(page.locator(".matrix tbody tr")).toHaveCount(regions.nodes.length);
  const columns = await Promise.all(
    ["hospital_beds", "unemployment_rate", "cropland"].map((indicator) => reports(request, indicator)),
  );
  for (const [row, region] of regions.nodes.entries()) {
    const line = page.locator(".matrix tbody tr").nth(row);
    await expect(line.locator("th")).toHaveText(region.nameEn ?? region.name);
    for (const [column, figures] of columns.entries()) {
      const figure = figures.find((each) => each.region.code === region.code);
      const cell = line.locator("td").nth(column);
      if (figure?.value === null || figure === undefined) {
        await expect(cell).toHaveClass("absent");
        continue;
      }
      const text = await cell.innerText();
      const value = column === 1 ? (100 * (figure.numerator ?? 0)) / (figure.denominator ?? 1) : figure.value;
      expectShown([text], [value], { digits: 4 });
      const hover = await cell.getByRole("button").getAttribute("title");
      expect(hover).toContain(text);
      expect(hover).toContain(region.nameEn ?? region.name);
    }
  }
});

test("trend: every point, its change, what fills a gap, forecasts apart", async ({ page, request }) => {
  await open(page, "view=trend&i=gdp&r=370105&fill=LINEAR");
  const figures = await reports(request, "gdp", {
    regions: { codes: ["370105"] },
    status: ["ACTUAL", "FORECAST"],
  });
  const of = (status: string) =>
    figures
      .filter((each) => each.status === status)
      .sort((a, b) => (a.period.label < b.period.label ? -1 : 1));
  const [measured, forecast] = [of("ACTUAL"), of("FORECAST")];
  const gap = measured.findIndex(({ period }) => period.label === "2019-Q3");
  const values = valuesOf(measured);
  const filled = mean([values[gap - 1] ?? 0, values[gap] ?? 0]);
  values.splice(gap, 0, filled);

  await page.getByText("Points as a table").click();
  const rows = page.locator(".points tbody tr");
  await expect(rows).toHaveCount(values.length + forecast.length);
  // Figures are in units of 100 million yuan.
  const shown = await rows.locator("td:nth-of-type(3)").allInnerTexts();
  expectShown(
    shown,
    [...values, ...valuesOf(forecast)].map((value) => 1e8 * value),
    { digits: 4 },
  );
  expect(shown[gap]).toContain("filled");
  expect(shown.filter((text) => text.includes("filled"))).toHaveLength(1);
  const changes = await rows.locator("td:nth-of-type(4)").allInnerTexts();
  expect(changes[0]).toBe("");
  expectShown(
    changes.slice(1, values.length),
    values.slice(1).map((value, at) => 1e8 * (value - (values[at] ?? 0))),
  );
  await expect(rows.nth(values.length)).toContainText("Forecast");
});

test("relate: n, coefficient, interval, line, every pair", async ({ page, request }) => {
  await open(page, `view=relate&i=cropland&i=grain_output&in=${jinan}`);
  const [xs, ys] = [
    valuesOf(await reports(request, "cropland")),
    valuesOf(await reports(request, "grain_output")),
  ];
  const n = xs.length;
  const products = (a: number[], b: number[]) =>
    a.reduce((sum, each, at) => sum + (each - mean(a)) * ((b[at] ?? 0) - mean(b)), 0);
  const coefficient = products(xs, ys) / Math.sqrt(products(xs, xs) * products(ys, ys));
  const slope = products(xs, ys) / products(xs, xs);
  const intercept = mean(ys) - slope * mean(xs);
  // Fisher's z, and the 97.5 % quantile of the normal distribution.
  const [z, width] = [Math.atanh(coefficient), 1.959964 / Math.sqrt(n - 3)];

  const told = await facts(page, "#view .facts");
  expect(told["Regions, n"]).toBe(String(n));
  expectShown([told.Correlation ?? ""], [coefficient]);
  const [lower = "", upper = ""] = (told["95 % interval"] ?? "").split("…");
  expectShown([lower, upper], [Math.tanh(z - width), Math.tanh(z + width)]);
  const [, shownSlope = "", shownIntercept = ""] = /y = (.*) x (.*)/.exec(told.Line ?? "") ?? [];
  expectShown([shownSlope, shownIntercept], [slope, intercept]);

  await page.getByText("Points as a table").click();
  const pairs = page.locator(".pair");
  await expect(pairs).toHaveCount(n);
  expectShown(await pairs.locator(":nth-child(2)").allInnerTexts(), xs, { digits: 4 });
  expectShown(await pairs.locator(":nth-child(3)").allInnerTexts(), ys, { digits: 4 });
  expectShown(
    await pairs.locator(":nth-child(4)").allInnerTexts(),
    ys.map((y, at) => y - slope * (xs[at] ?? 0) - intercept),
  );
});

test("distribution: statistics, and the regions of each bar", async ({ page, request }) => {
  await open(page, "view=distribution&i=grain_output&bins=5");
  const values = valuesOf(
    await reports(request, "grain_output", { regions: { within: ["CN"], level: "COUNTY" } }),
  ).sort((a, b) => a - b);
  expect(values.length).toBeGreaterThan(2_800);
  const quantile = (p: number) => {
    const place = p * (values.length - 1);
    const [low = 0, high = low] = values.slice(Math.floor(place), Math.floor(place) + 2);
    return low + (place % 1) * (high - low);
  };
  const average = mean(values);
  const told = await facts(page, "#view .facts");
  expect(numberIn(told["Regions, n"] ?? "")).toBe(values.length);
  const [lower = "", upper = ""] = (told.Quartiles ?? "").split("–");
  expectShown(
    [
      told.Smallest,
      lower,
      told.Median,
      told.Mean,
      upper,
      told.Largest,
      told["Standard deviation"],
      told.Gini,
    ].map((text) => text ?? ""),
    [
      values[0] ?? 0,
      quantile(0.25),
      quantile(0.5),
      average,
      quantile(0.75),
      values.at(-1) ?? 0,
      Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1)),
      values.reduce((sum, value, at) => sum + (2 * at + 1 - values.length) * value, 0) /
        (values.length ** 2 * average),
    ],
  );
  const width = ((values.at(-1) ?? 0) - (values[0] ?? 0)) / 5;
  const choice = page.getByLabel("Regions", { exact: true }).last();
  const counts = (await choice.locator("option").allInnerTexts())
    .slice(1)
    .map((text) => numberIn(text.slice(text.lastIndexOf("("))));
  const binOf = (value: number) => Math.min(4, Math.floor((value - (values[0] ?? 0)) / width));
  expect(counts).toEqual([0, 1, 2, 3, 4].map((bin) => values.filter((value) => binOf(value) === bin).length));
});

test("coverage: what is there, what is missing and why, what the checks found", async ({ page, request }) => {
  await open(page, `view=coverage&i=hospital_beds&i=gdp&in=${jinan}`);
  const figures = [await reports(request, "hospital_beds"), await reports(request, "gdp")];
  const words: Record<string, string> = { SUPPRESSED: "withheld", NOT_PUBLISHED: "not published" };
  const rows = page.locator(".coverage-rows .coverage-row");
  const names = await rows.locator(".coverage-name").allInnerTexts();
  expect(names.length).toBeGreaterThan(10);
  for (const [row, name] of names.entries()) {
    for (const [column, own] of figures.entries()) {
      const newest = own.filter((each) => nameOf(each) === name).at(-1);
      const said = !newest ? "nothing loaded" : newest.value === null ? words[newest.missing ?? ""] : "✓";
      await expect(rows.nth(row).getByRole("button").nth(column)).toHaveText(said ?? "");
    }
  }

  const { observations } = await ask(
    request,
    `{ observations(where: {indicators: ["hospital_beds"]}, first: 1000) {
      totalCount nodes { region { code } missing } } }`,
  );
  const line = page.getByRole("region", { name: "What exists of every indicator" }).locator("tr", {
    hasText: "Hospital beds",
  });
  const regions = new Set(observations.nodes.map((each: { region: { code: string } }) => each.region.code));
  await expect(line.locator("td").nth(0)).toHaveText(String(regions.size));
  await expect(line.locator("td").nth(1)).toHaveText(String(observations.totalCount));
  await expect(line).toContainText("withheld: 1");

  // The wards of Lixia do not add up, and the check says so with the figures that the test finds.
  const wards = valuesOf([
    ...(await reports(request, "hospital_beds", {
      regions: { codes: ["370102"] },
      slice: [{ dimension: "ward", value: "general" }],
    })),
    ...(await reports(request, "hospital_beds", {
      regions: { codes: ["370102"] },
      slice: [{ dimension: "ward", value: "intensive" }],
    })),
  ]);
  const [total = 0] = valuesOf(await reports(request, "hospital_beds", { regions: { codes: ["370102"] } }));
  const sum = wards.reduce((all, each) => all + each, 0);
  expect(sum).not.toBe(total);
  const check = page.locator(".check-card", { hasText: "beds_by_ward" });
  await expect(check).toContainText("warning");
  const numbers = (await check.locator(".arithmetic").innerText()).match(/[\d,]+\d/g) ?? [];
  expect(numbers.map(numberIn)).toEqual([...wards, sum, total]);
  await check.getByText("Figures used").click();
  await check.getByRole("button", { name: /Lixia, Hospital beds: 3,200/ }).click();
  await expect(panel(page)).toContainText("Yearbook of invented figures");
});

test("sources: documents, snapshots, loads, changes", async ({ page, request }) => {
  await open(page, "view=sources");
  const figuresOf = async (source: string) =>
    (await ask(request, `{ observations(where: {sources: ["${source}"]}) { totalCount } }`)).observations
      .totalCount;
  const correction = page.locator(".source", { hasText: "Corrections of invented figures" });
  await expect(correction).toContainText(`(${await figuresOf("invented_correction")})`);
  await expect(page.locator(".source", { hasText: "Yearbook of invented figures" })).toContainText(
    `(${(await figuresOf("invented_yearbook")).toLocaleString("en")})`,
  );

  const { snapshot, snapshots, loads, observations } = await ask(
    request,
    `{ snapshot { id observations } snapshots { nodes { id } } loads { nodes { id added revised files { name } } }
      observations(where: {sources: ["invented_correction"]}) { nodes { value unit region { nameEn } revisions { value } } } }`,
  );
  const kept = page.getByRole("region", { name: "Snapshots" }).locator("tbody tr");
  await expect(kept).toHaveCount(snapshots.nodes.length);
  await expect(kept.first()).toContainText(snapshot.id);
  await expect(kept.first()).toContainText(snapshot.observations.toLocaleString("en"));
  const loaded = page.getByRole("region", { name: "Loads" }).locator(".loads > li");
  await expect(loaded).toHaveCount(loads.nodes.length);
  for (const [at, load] of loads.nodes.entries()) {
    await expect(loaded.nth(at)).toContainText(`added ${load.added.toLocaleString("en")}`);
    await expect(loaded.nth(at)).toContainText(`revised ${load.revised.toLocaleString("en")}`);
    await expect(loaded.nth(at).locator(".files li")).toHaveCount(load.files.length);
  }

  // The last load brought the corrections: each with the value before, as the figure's reports have it.
  const changes = page.getByRole("region", { name: "What changed" }).locator(".change");
  await expect(changes).toHaveCount(observations.nodes.length);
  for (const { value, unit, region, revisions } of observations.nodes) {
    // Amounts in units of 100 million yuan are shown in yuan.
    const scale = unit === "CNY_100m" ? 1e8 : 1;
    const text = scale === 1 ? value.toLocaleString("en") : `${value / 10}bn`;
    const own = changes.filter({ hasText: region.nameEn }).filter({ hasText: text });
    const before = revisions.find((each: { value: number }) => each.value !== value);
    await expect(own).toHaveCount(1);
    await expect(own.locator(".badge")).toHaveText(before ? "revised" : "new");
    if (before) {
      expectShown([await own.locator(".number small").innerText()], [before.value * scale], { digits: 4 });
    }
  }
});
