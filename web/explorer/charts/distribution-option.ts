import type { EChartsCoreOption } from "echarts/core";
import type { DistributionQuery } from "../api/operations.generated";
import { count, shortNumber, shortValue } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import type { Messages } from "../i18n/en";
import type { Lang } from "../state/state";
import { fontFamily, type Palette } from "./palette";

/** Pixels of the narrowest bar, and of the one where all values are equal. */
const [narrowest, single] = [1, 32];

interface RenderApi {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}

/** The histogram: a bar a bin, as wide as the bin, with the median and the mean across it. */
export function distributionOption(
  { histogram, unit, statistics }: DistributionQuery["distribution"],
  palette: Palette,
  lang: Lang,
  t: Messages,
  chosen: number | null,
): EChartsCoreOption {
  const { code, factor } = shownUnit(unit);
  const edge = (value: number) => shortValue(value, unit, "EXACT", lang);
  const bar = ({ dataIndex }: { dataIndex: number }, api: RenderApi) => {
    const [left, bottom] = api.coord([api.value(0), 0]);
    const [right, top] = api.coord([api.value(1), api.value(2)]);
    const width = right > left ? Math.max(right - left - 1, narrowest) : single;
    return {
      type: "rect",
      shape: { x: right > left ? left : left - single / 2, y: top, width, height: bottom - top },
      style: { fill: palette.neutral, opacity: chosen === null || chosen === dataIndex ? 1 : 0.45 },
    };
  };
  return {
    textStyle: { fontFamily },
    grid: { left: 12, right: 24, top: 56, bottom: 36, containLabel: true },
    tooltip: {
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text },
      confine: true,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const bin = histogram[dataIndex];
        return bin ? `${edge(bin.lower)} – ${edge(bin.upper)}: ${count(bin.count, lang)}` : "";
      },
    },
    xAxis: {
      type: "value",
      scale: true,
      name: unitName(code, lang),
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: { color: palette.muted },
      axisLine: { show: true, onZero: false, lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.muted,
        hideOverlap: true,
        formatter: (value: number) => shortNumber(value * factor, lang),
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      name: t.countRegions,
      minInterval: 1,
      nameGap: 28,
      nameTextStyle: { color: palette.muted, align: "left" },
      axisLine: { onZero: false },
      axisLabel: { color: palette.muted },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      {
        type: "custom",
        renderItem: bar,
        encode: { x: [0, 1], y: 2 },
        data: histogram.map(({ lower, upper, count: regions }) => [lower, upper, regions]),
      },
      { type: "line", data: [], silent: true, markLine: middles(statistics, palette, t) },
    ],
  };
}

/** The lines at the median and the mean, their names on either side. */
function middles(
  { median, mean }: DistributionQuery["distribution"]["statistics"],
  palette: Palette,
  t: Messages,
): object {
  const line = (value: number | null, name: string, type: string, align: string) =>
    value === null
      ? []
      : [
          {
            xAxis: value,
            lineStyle: { color: palette.text, type, width: 1.5 },
            label: { formatter: name, color: palette.text, position: "end", align, padding: [0, 4] },
          },
        ];
  const meanIsRight = (mean ?? 0) >= (median ?? 0);
  return {
    symbol: "none",
    silent: true,
    data: [
      ...line(median, t.median, "solid", meanIsRight ? "right" : "left"),
      ...line(mean, t.mean, "dashed", meanIsRight ? "left" : "right"),
    ],
  };
}
