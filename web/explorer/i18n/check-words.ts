import { periodText } from "../format/periods";
import type { Lang } from "../state/state";

/** What checks say, in Chinese. A star stands for a number or, where a code stands, for what is named by it. */
const words: Record<string, string> = {
  "the parts add up to the total": "各部分之和等于总计",
  "the parts do not add up to the total": "各部分之和不等于总计",
  "the children add up to the region": "下级之和等于本地区",
  "the children do not add up to the region": "下级之和不等于本地区",
  "the children do not exceed the region": "下级之和不超过本地区",
  "the children exceed the region": "下级之和超过本地区",
  "the rate is that of its counts": "比率与其计数一致",
  "the rate agrees with its counts within rounding and precision": "比率与其计数在舍入与精度之内一致",
  "the rate is not that of its counts": "比率与其计数不一致",
  "the numerator does not exceed the denominator": "分子不大于分母",
  "the numerator exceeds the denominator": "分子大于分母",
  "the value lies within the range": "数值在范围之内",
  "the value lies outside the range": "数值超出范围",
  "the value does not look like a fraction": "数值不像是小数形式的比率",
  "the value looks like a fraction": "数值像是小数形式的比率",
  "the value keeps to the order of the previous one": "数值与前一时期同一数量级",
  "the value is far from the previous one": "数值与前一时期相去甚远",
  "the figure is what * makes it": "数字与由“*”推算的一致",
  "the figure is not what * makes it": "数字与由“*”推算的不一致",
  "* more figures failed": "另有 * 个数字未通过",
  "* more figure failed": "另有 * 个数字未通过",
};

const within = ", within tolerance and precision";
const others = /; so do(?:es)? ([\d,]+) more comparisons? (?:of the region|in ([\d,]+) regions?)$/;
const made = /^(the figure is (?:not )?what )(\S+)( makes it)/;

/** What a check says in the language of the page, with indicators by their names; null where its words are not known. */
export function checkWords(message: string, lang: Lang, nameOf: (code: string) => string): string | null {
  if (lang === "en") {
    return message.replace(made, (_, before, code, after) => `${before}“${nameOf(code)}”${after}`);
  }
  const [, more, regions] = others.exec(message) ?? [];
  const where = regions ? `${regions} 个地区` : "该地区";
  const whole = message.replace(others, "");
  const close = whole.endsWith(within);
  const plain = close ? whole.slice(0, -within.length) : whole;
  const code = made.exec(plain)?.[2];
  const number = /^([\d,]+) more/.exec(plain)?.[1];
  const variable = code ?? number;
  const said = words[variable ? plain.replace(variable, () => "*") : plain];
  if (!said) {
    return null;
  }
  return [
    said.replace("*", () => (code ? nameOf(code) : (number ?? ""))),
    close ? "，在容差与精度之内" : "",
    more ? `；${where}另有 ${more} 项比较也是如此` : "",
  ].join("");
}

/** The computations of checks, in Chinese: what each is written like, and how its pieces are put. */
const computations: [RegExp, (...pieces: string[]) => string][] = [
  [/^(.+), and the total is (.+)$/, (sum, total) => `${terms(sum)}，总计为 ${terms(total)}`],
  [/^(.+), and the range is (.+)$/, (value, range) => `${terms(value)}，${rangeOf(range)}`],
  [
    /^(.+ = .+), and (.+) is reported for (.+)$/,
    (sum, value, region) => `${terms(sum)}，${region}报告的是 ${terms(value)}`,
  ],
  [/^(.+ = .+), and (.+) is reported$/, (sum, value) => `${terms(sum)}，报告的是 ${terms(value)}`],
  [
    /^(.*) is (.+), and (.+) is reported$/,
    (name, value, own) => `“${name}”为 ${terms(value)}，报告的是 ${terms(own)}`,
  ],
  [/^(\S+) is not more than (\S+)$/, (part, whole) => `${part} 不大于 ${whole}`],
  [/^(\S+) is more than (\S+)$/, (part, whole) => `${part} 大于 ${whole}`],
  [/^(\S+) % does not lie between 0 and 1$/, (value) => `${value} % 不在 0 与 1 之间`],
  [
    /^(\S+) %, and as a fraction it would be (\S+) %$/,
    (value, percent) => `${value} %，若是小数形式则为 ${percent} %`,
  ],
  [
    /^(.+) in (\S+) after (.+) in (\S+) is a factor of (\S+); (\S+) to (\S+) is expected$/,
    (value, period, before, previous, factor, least, most) =>
      `${periodText(period, "zh")}为 ${terms(value)}，此前${periodText(previous, "zh")}为 ${terms(before)}，是其 ${factor} 倍；预期为 ${least} 至 ${most} 倍`,
  ],
];

/**
 * The computation of a check in the language of the page, its numbers as they are; null where it is not written like any that is
 * known. nameOf knows the indicators of the check by their English names.
 */
export function computationWords(
  arithmetic: string,
  lang: Lang,
  nameOf: (english: string) => string,
): string | null {
  if (lang === "en") {
    return arithmetic;
  }
  for (const [form, put] of computations) {
    const pieces = form.exec(arithmetic)?.slice(1);
    if (pieces) {
      return put(...pieces)
        .replace(/^“(.*?)”/, (_, english) => `“${nameOf(english)}”`)
        .replace(/([为是]) (约|不少于|不多于)/g, "$1$2");
    }
  }
  return null;
}

/** Numbers and sums of them, with what is known of each. */
function terms(text: string): string {
  return text
    .replace(/([\d,]+) more figures?/, "另外 $1 个数字")
    .replaceAll("about ", "约 ")
    .replaceAll("at least ", "不少于 ")
    .replaceAll("at most ", "不多于 ");
}

function rangeOf(text: string): string {
  return text
    .replace(/^unbounded$/, "没有规定范围")
    .replace(/^from (\S+) to (\S+)$/, "范围为 $1 至 $2")
    .replace(/^from (\S+)$/, "范围为 $1 以上")
    .replace(/^up to (\S+)$/, "范围为 $1 以下");
}
