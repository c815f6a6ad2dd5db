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

/** What a check says in the language of the page; null where that is the server's own, or it is not known. */
export function checkWords(message: string, lang: Lang, nameOf: (code: string) => string): string | null {
  if (lang === "en") {
    return null;
  }
  const close = message.endsWith(within);
  const plain = close ? message.slice(0, -within.length) : message;
  const variable = /^the figure is (?:not )?what (\S+) makes it|^([\d,]+) more/.exec(plain);
  const code = variable?.[1] ?? variable?.[2] ?? "";
  const said = words[code ? plain.replace(code, "*") : plain];
  if (!said) {
    return null;
  }
  return `${said.replace("*", () => (variable?.[1] ? nameOf(code) : code))}${close ? ",在容差与精度之内" : ""}`;
}
