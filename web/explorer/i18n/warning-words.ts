import { periodText } from "../format/periods";
import type { Lang } from "../state/state";
import { zh } from "./zh";

/** Names of what warnings name by code. */
interface Names {
  indicator: (code: string) => string;
}

const grains: Record<string, string> = { day: "日", week: "周", month: "月", quarter: "季", year: "年" };

/** What the warnings of the server say, in Chinese: what each is written like, and how its pieces are put. */
const forms: [RegExp, (names: Names, ...pieces: string[]) => string][] = [
  [
    /^(\w+): the figures are about different periods: (.+)$/,
    ({ indicator }, code, list) => `${indicator(code)}：${items(list, period)}`,
  ],
  [
    /^(\w+): the figures are defined differently: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：${items(list, (each) => (each === "as the indicator defines it" ? "指标自身的口径" : each))}`,
  ],
  [
    /^(\w+): the figures come from different sources: (.+)$/,
    ({ indicator }, code, list) => `${indicator(code)}：${items(list)}`,
  ],
  [
    /^(\w+): the figures differ in precision: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：${items(list, (each) => zh.precisions[each as keyof typeof zh.precisions] ?? each)}`,
  ],
  [
    /^(\w+): the periods added up leave days uncovered that figures are about in ([\d,]+) regions?$/,
    ({ indicator }, code, n) => `${indicator(code)}：${n} 个地区所加的时期未覆盖全部日期`,
  ],
  [
    /^(\w+): (\w+) is about another day than the figure it divides in ([\d,]+) regions?$/,
    ({ indicator }, code, divisor, n) =>
      `${indicator(code)}：${n} 个地区的除数“${indicator(divisor)}”与被除的数字不是同一天的`,
  ],
  [
    /^(\w+): (\w+) and the figure it divides are defined for different scopes in ([\d,]+) regions?$/,
    ({ indicator }, code, divisor, n) =>
      `${indicator(code)}：${n} 个地区的除数“${indicator(divisor)}”与被除的数字口径不同`,
  ],
  [
    /^(\w+): (\w+) has no earlier value to weigh the figures of ([\d,]+) regions? with, and is of later periods: (.+)$/,
    ({ indicator }, code, weight, n, list) =>
      `${indicator(code)}：${n} 个地区没有更早的权重“${indicator(weight)}”，用的是较晚时期的：${items(list, period)}`,
  ],
  [
    /^(\w+) and (\w+) are about periods with different ends in ([\d,]+) regions?$/,
    ({ indicator }, x, y, n) => `${n} 个地区的“${indicator(x)}”与“${indicator(y)}”截止日期不同`,
  ],
  [
    /^(\w+): periods of different lengths are reported, each length is a series: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：所报时期长短不一，每种长度自成一条序列：${items(list, (each) => grains[each.toLowerCase()] ?? each)}`,
  ],
  [
    /^(\w+): the figures added up leave days of their period uncovered in ([\d,]+) points?, marked partial$/,
    ({ indicator }, code, n) => `${indicator(code)}：${n} 个点的合计未覆盖该时期的全部日期`,
  ],
  [
    /^figures about longer periods than a (\w+) are left out: (\d+)$/,
    (_, grain, n) => `${n} 个数字的时期长于一${unit(grain)}，未计入`,
  ],
  [
    /^figures about periods that do not lie inside one (\w+) are left out: (\d+)$/,
    (_, grain, n) => `${n} 个数字的时期跨越不止一${unit(grain)}，未计入`,
  ],
  [
    /^(\d+) of (\d+) regions cannot be peers: they lack a figure of (.+)$/,
    ({ indicator }, n, all, list) => `${all} 个地区中有 ${n} 个不能作为同类：缺少${items(list, indicator)}`,
  ],
  [
    /^\S+ (.+) was replaced by \S+ (.+), which is answered for$/,
    (_, old, now) => `${old}已由${now}取代，以后者作答`,
  ],
  [
    /^(\w+): figures of the regions it replaced stand for a region: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：${items(list, (each) => {
        const [now = "", before = ""] = each.split(" rests on ");
        return before ? `${named(now)}由${before.split(", ").map(named).join("、")}的数字得出` : each;
      })}`,
  ],
  [
    /^(\w+): figures are about a time when the region had other boundaries: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：${items(list, (each) =>
        each
          .replace(/^\S+ (.+) exists since (\S+)$/, (_, name, day) => `${name}设立于 ${period(day)}`)
          .replace(/^\S+ (.+) existed until (\S+)$/, (_, name, day) => `${name}存续至 ${period(day)}`),
      )}`,
  ],
  [
    /^(\w+): figures of replaced regions are left out: (.+)$/,
    ({ indicator }, code, list) =>
      `${indicator(code)}：被取代地区的数字未计入：${items(list, (each) =>
        each.replace(
          /^\S+ (.+) has no figure of its own for (\S+), and .+$/,
          (_, name, label) => `${name}没有 ${period(label)}的数字，也无法由其前身的数字得出`,
        ),
      )}`,
  ],
];

/** What a warning concerns, in the language of the page; null where that is not the server's and its words are not known. */
export function warningWords(message: string, lang: Lang, names: Names): string | null {
  if (lang === "en") {
    return message;
  }
  for (const [form, put] of forms) {
    const pieces = form.exec(message)?.slice(1);
    if (pieces) {
      return put(names, ...pieces);
    }
  }
  return null;
}

/** A list of the server, which ends with how many more there are. */
function items(list: string, put: (item: string) => string = (item) => item): string {
  return list
    .split("; ")
    .map((item) => {
      const more = /^and (\d+) more$/.exec(item)?.[1];
      return more ? `另有 ${more} 项` : put(item);
    })
    .join("；");
}

function period(label: string): string {
  return periodText(label, "zh");
}

function unit(grain: string): string {
  return grain === "month" || grain === "quarter"
    ? `个${grain === "month" ? "月" : "季度"}`
    : (grains[grain] ?? grain);
}

/** A region by its name: the server puts its code before it. */
function named(region: string): string {
  return region.replace(/^\S+ /, "");
}
