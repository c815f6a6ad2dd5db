import { readDay, readPeriod } from "../explorer/format/periods";
import { checkWords, computationWords } from "../explorer/i18n/check-words";
import { warningWords } from "../explorer/i18n/warning-words";
import { ask, open, panel } from "./explorer";
import { jinan, test } from "./figures";
import { expect } from "./watched";

// What is typed and what is said, in both languages.

const same = (code: string) => code;

test("has Chinese words for whatever the checks of the loaded figures say", async ({ request }) => {
  const { checks } = await ask(request, "{ checks(first: 10000) { nodes { message arithmetic } } }");
  expect(checks.nodes.length).toBeGreaterThan(200);
  const unsaid = checks.nodes.filter(
    ({ message, arithmetic }: { message: string; arithmetic: string }) =>
      /[a-z]{2} [a-z]{2}/.test(checkWords(message, "zh", same) ?? message) ||
      (arithmetic && /[a-z]{2} [a-z]/.test(computationWords(arithmetic, "zh", () => "名") ?? arithmetic)),
  );
  expect(unsaid).toEqual([]);
});

for (const [english, chinese] of [
  [
    "the value lies within the range; so do 5,214 more comparisons in 2,850 regions",
    "数值在范围之内；2,850 个地区另有 5,214 项比较也是如此",
  ],
  [
    "the value lies within the range; so does 1 more comparison of the region",
    "数值在范围之内；该地区另有 1 项比较也是如此",
  ],
] as const) {
  test(`says in Chinese what a check found: ${english}`, () => {
    expect(checkWords(english, "zh", same)).toBe(chinese);
  });
}

for (const [english, chinese] of [
  [
    "1 + at least 2 + 38 more figures = at least 90, and the total is 91",
    "1 + 不少于 2 + 另外 38 个数字 = 不少于 90，总计为 91",
  ],
  ["1 + 2 = 3, and about 4 is reported for 天桥区", "1 + 2 = 3，天桥区报告的是约 4"],
  ["Enterprises is 98, and at most 95 is reported", "“企业数”为 98，报告的是不多于 95"],
  ["95 / 98 × 100 = 96.9388, and about 97 is reported", "95 / 98 × 100 = 96.9388，报告的是约 97"],
  ["95 is not more than 98", "95 不大于 98"],
  ["99 is more than 98", "99 大于 98"],
  ["101, and the range is from 0 to 100", "101，范围为 0 至 100"],
  ["-1, and the range is from 0", "-1，范围为 0 以上"],
  ["0.5 %, and as a fraction it would be 50 %", "0.5 %，若是小数形式则为 50 %"],
  [
    "50 in 2020-02 after 5 in 2020-01 is a factor of 10; 0.2 to 5 is expected",
    "2020年2月为 50，此前2020年1月为 5，是其 10 倍；预期为 0.2 至 5 倍",
  ],
] as const) {
  test(`says a computation in Chinese: ${english}`, () => {
    const name = (of: string) => (of === "Enterprises" ? "企业数" : of);
    expect(computationWords(english, "zh", name)).toBe(chinese);
    expect(computationWords(english, "en", name)).toBe(english);
  });
}

test("says warnings in Chinese", async ({ request }) => {
  const names = { indicator: (code: string) => (code === "gdp" ? "地区生产总值" : code) };
  expect(
    warningWords("gdp: the figures are about different periods: 2019; 2020-Q1; and 3 more", "zh", names),
  ).toBe("地区生产总值：2019年；2020年第1季度；另有 3 项");
  expect(warningWords("370101 甲县 was replaced by 370102 乙县, which is answered for", "zh", names)).toBe(
    "甲县已由乙县取代，以后者作答",
  );
  // What the server says of the loaded figures.
  const { compare, series } = await ask(
    request,
    `query($compare: CompareInput!, $series: SeriesInput!) {
      compare(input: $compare) { indicators { warnings { message } } }
      series(input: $series) { warnings { message } } }`,
    {
      compare: { indicators: ["hospital_beds", "gdp"], display: { within: [jinan] } },
      series: { indicators: ["gdp", "visitors"], regions: { within: [jinan] }, grain: "DAY" },
    },
  );
  const said = [...compare.indicators, series].flatMap(({ warnings }) => warnings);
  expect(said.length).toBeGreaterThan(2);
  for (const { message } of said) {
    expect(warningWords(message, "zh", names), message).not.toBeNull();
  }
});

test("reads days and periods however they are written, and no others", () => {
  for (const text of ["2020-02-18", "2020/2/18", "2020.02.18", "20200218", "2020年2月18日"]) {
    expect(readDay(text), text).toBe("2020-02-18");
  }
  for (const text of ["2020-02-30", "2020-13-01", "18.2.2020", "2020", "2020-02", "soon"]) {
    expect(readDay(text), text).toBeNull();
  }
  for (const [text, period] of [
    ["2020", "2020"],
    ["2020-q1", "2020-Q1"],
    ["2020-02", "2020-02"],
    ["2020-W08", "2020-W08"],
    ["2020年2月18日", "2020-02-18"],
    ["2020-01-25 / 2020-03-02", "2020-01-25/2020-03-02"],
    ["2020-03-02/2020-01-25", null],
    ["2020-Q5", null],
    ["P:2019", null],
  ] as const) {
    expect(readPeriod(text), text).toBe(period);
  }
});

test("takes days as the page writes them, and says what is none", { tag: "@narrow" }, async ({ page }) => {
  await open(page, `lang=zh&i=hospital_beds&r=370105`);
  const button = page.getByRole("button", { name: "选择", exact: true });
  const narrow = await button.isVisible();
  if (narrow) {
    await button.click();
  }
  const side = narrow ? panel(page) : page.getByRole("complementary", { name: "选择" });
  const known = side.getByLabel("截至当日所知");
  await expect(known).toHaveAttribute("placeholder", "年-月-日");
  await known.fill("2020-02-30");
  await known.press("Enter");
  await expect(side.getByRole("alert")).toHaveText("没有这一天。请写年、月、日，如 2020-02-18。");
  await expect(known).toHaveAttribute("aria-invalid", "true");
  await expect(page).not.toHaveURL(/asof/);
  await known.fill("2020年3月1日");
  await known.press("Enter");
  await expect(known).toHaveValue("2020-03-01");
  await expect(side.getByRole("alert")).toHaveCount(0);
  await expect(page).toHaveURL(/asof=2020-03-01/);
});
