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

/** So many letters of an axis' name fit beneath a narrow chart; Chinese ones are twice as wide. */
const mostLetters = 42;
const lineHeight = 15;
const beside = "10%";

/** The points of two indicators and the line through them. */
export function relateOption(
  found: Relationship,
  titles: { x: string; y: string },
  palette: Palette,
  lang: Lang,
): EChartsCoreOption {
  const nameOf = (title: string, unit: string) =>
    inLines(`${title} (${unitName(shownUnit(unit).code, lang)})`);
  const [across, upwards] = [nameOf(titles.x, found.xUnit), nameOf(titles.y, found.yUnit)];
  const named = found.points.length <= mostNamed;
  const axis = (name: string[], unit: string) => {
    const { factor } = shownUnit(unit);
    return {
      type: "value",
      scale: true,
      name: name.join("\n"),
      nameTextStyle: { color: palette.text, lineHeight },
      axisLine: { show: true, lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.muted,
        hideOverlap: true,
        formatter: (value: number) => shortNumber(value * factor, lang),
      },
      splitLine: { lineStyle: { color: palette.line } },
    };
  };
  let [low, high, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const { x, y } of found.points) {
    [low, high, bottom] = [Math.min(low, x), Math.max(high, x), Math.min(bottom, y)];
  }
  const { slope, intercept } = found;
  return {
    textStyle: { fontFamily },
    grid: {
      left: 12,
      right: 32,
      top: 44 + lineHeight * (upwards.length - 1),
      bottom: 36 + lineHeight * (across.length - 1),
      containLabel: true,
    },
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
    xAxis: {
      ...axis(across, found.xUnit),
      nameLocation: "middle",
      nameGap: 32,
      // Room for the names beside the points, but not below zero.
      boundaryGap: named ? [beside, beside] : 0,
      min: ({ min, max }: { min: number; max: number }) =>
        named && min >= 0 && min < (max - min) * 0.1 ? 0 : null,
    },
    yAxis: {
      ...axis(upwards, found.yUnit),
      nameLocation: "end",
      nameTextStyle: { color: palette.text, lineHeight, align: "left" },
      // Room for the names above the points.
      boundaryGap: named ? [0, "10%"] : 0,
      // Beside the chart, wherever zero is. The line may lead below zero; where no point does, the axis does not.
      axisLine: { show: true, onZero: false, lineStyle: { color: palette.line } },
      min: ({ min }: { min: number }) => (bottom >= 0 && min < 0 ? 0 : null),
    },
    series: [
      {
        type: "scatter",
        symbolSize: found.points.length > 500 ? 6 : 11,
        large: found.points.length > 2000,
        itemStyle: { color: palette.neutral, opacity: found.points.length > 100 ? 0.6 : 0.9 },
        labelLayout: { hideOverlap: true },
        label: {
          show: named,
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

/** A name in lines that fit beneath a chart. */
function inLines(name: string): string[] {
  const lines: string[] = [];
  let [line, width] = ["", 0];
  // Chinese breaks at any letter, English between words.
  for (const [piece] of name.matchAll(
    /[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g,
  )) {
    const size = /^[\u3000-\uffef]/.test(piece) ? 2 : piece.trimEnd().length;
    if (line && width + size > mostLetters) {
      lines.push(line.trimEnd());
      [line, width] = ["", 0];
    }
    line += piece;
    width += /^[\u3000-\uffef]/.test(piece) ? 2 : piece.length;
  }
  return [...lines, line.trimEnd()];
}
