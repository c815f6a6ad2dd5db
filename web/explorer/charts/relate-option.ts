import type { EChartsCoreOption } from "echarts/core";
import { shortNumber, shortValue } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import { nameIn } from "../i18n/language";
import type { Lang } from "../state/state";
import type { Relationship } from "../views/RelateView";
import { fontFamily, type Palette } from "./palette";
import { escaped } from "./trend-option";

/** Points are named beside them as long as they are so few. */
const mostNamed = 15;

/** The points of two indicators and the line through them. */
export function relateOption(
  found: Relationship,
  titles: { x: string; y: string },
  palette: Palette,
  lang: Lang,
): EChartsCoreOption {
  const axis = (title: string, unit: string) => {
    const { code, factor } = shownUnit(unit);
    return {
      type: "value",
      scale: true,
      name: `${title} (${unitName(code, lang)})`,
      nameLocation: "middle",
      nameTextStyle: { color: palette.text, width: 300, overflow: "truncate" },
      axisLine: { show: true, lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.muted,
        hideOverlap: true,
        formatter: (value: number) => shortNumber(value * factor, lang),
      },
      splitLine: { lineStyle: { color: palette.line } },
    };
  };
  const xs = found.points.map(({ x }) => x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const { slope, intercept } = found;
  return {
    textStyle: { fontFamily },
    grid: { left: 44, right: 32, top: 24, bottom: 44, containLabel: true },
    tooltip: {
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text },
      confine: true,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const point = found.points[dataIndex];
        return point
          ? escaped(
              `${nameIn(lang, point.region)} · ${shortValue(point.x, found.xUnit, point.xPrecision, lang)} · ${shortValue(point.y, found.yUnit, point.yPrecision, lang)}`,
            )
          : "";
      },
    },
    xAxis: { ...axis(titles.x, found.xUnit), nameGap: 32 },
    yAxis: { ...axis(titles.y, found.yUnit), nameGap: 52 },
    series: [
      {
        type: "scatter",
        symbolSize: found.points.length > 500 ? 6 : 11,
        large: found.points.length > 2000,
        itemStyle: { color: palette.neutral, opacity: found.points.length > 100 ? 0.6 : 0.9 },
        label: {
          show: found.points.length <= mostNamed,
          position: "top",
          color: palette.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const point = found.points[dataIndex];
            return point ? nameIn(lang, point.region) : "";
          },
        },
        data: found.points.map(({ x, y }) => [x, y]),
      },
      ...(slope !== null && intercept !== null
        ? [
            {
              type: "line",
              symbol: "none",
              silent: true,
              tooltip: { show: false },
              lineStyle: { color: palette.worse, width: 2 },
              data: [
                [low, slope * low + intercept],
                [high, slope * high + intercept],
              ],
            },
          ]
        : []),
    ],
  };
}
