import { shortValue } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import type { Messages } from "../i18n/en";
import { nameIn } from "../i18n/language";
import type { Lang } from "../state/state";
import type { Compared } from "../views/comparison";
import { fontFamily, light } from "./palette";
import type { PictureOption } from "./picture";

/** The most bars of one indicator in a picture. */
const mostBars = 40;
const [titleHeight, barHeight, gap, width] = [64, 26, 24, 900];

const colours = { BETTER: light.better, SIMILAR: light.similar, WORSE: light.worse };

/** The ranked bars as a picture: the indicators one below the other. */
export function comparePicture(
  compared: (Compared & { title: string })[],
  t: Messages,
  lang: Lang,
): PictureOption {
  const shown = compared.filter(({ cells }) => cells.length > 0);
  const heights = shown.map(({ cells }) => Math.min(cells.length, mostBars) * barHeight);
  const tops = heights.map((_, at) =>
    heights.slice(0, at).reduce((sum, height) => sum + height + titleHeight + gap, titleHeight),
  );
  return {
    width,
    height: heights.reduce((sum, height) => sum + height + titleHeight + gap, gap),
    option: {
      textStyle: { fontFamily },
      title: shown.map(({ title, unit, baseline, baselinePrecision, cells }, at) => ({
        text: title,
        subtext: [
          unitName(shownUnit(unit).code, lang),
          baseline !== null && `${t.baselineIs} ${shortValue(baseline, unit, baselinePrecision, lang)}`,
          cells.length > mostBars && t.regionsShown(String(mostBars), String(cells.length)),
        ]
          .filter(Boolean)
          .join(" · "),
        top: (tops[at] ?? 0) - titleHeight + 8,
        left: 16,
        itemGap: 4,
        textStyle: { fontSize: 16, color: light.text },
        subtextStyle: { fontSize: 12, color: light.muted },
      })),
      grid: shown.map((_, at) => ({ left: 170, right: 120, top: tops[at], height: heights[at] })),
      xAxis: shown.map((_, gridIndex) => ({ type: "value", gridIndex, show: false })),
      yAxis: shown.map(({ cells }, gridIndex) => ({
        type: "category",
        gridIndex,
        inverse: true,
        data: cells.slice(0, mostBars).map((cell) => `${cell.rank}  ${nameIn(lang, cell.region)}`),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: light.text, width: 150, overflow: "truncate", interval: 0 },
      })),
      series: shown.map(({ cells, unit, baseline }, at) => ({
        type: "bar",
        xAxisIndex: at,
        yAxisIndex: at,
        barWidth: "62%",
        data: cells.slice(0, mostBars).map((cell) => ({
          value: cell.value,
          itemStyle: { color: cell.standing ? colours[cell.standing] : light.neutral },
          label: { formatter: shortValue(cell.value, unit, cell.precision, lang) },
        })),
        label: { show: true, position: "right", color: light.text },
        ...(baseline !== null && {
          markLine: {
            symbol: "none",
            silent: true,
            data: [{ xAxis: baseline }],
            label: { show: false },
            lineStyle: { color: light.text, type: "dashed", width: 1 },
          },
        }),
      })),
    },
  };
}
