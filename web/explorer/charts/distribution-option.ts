import type { EChartsCoreOption } from "echarts/core";
import type { DistributionQuery } from "../api/operations.generated";
import { count, shortNumber, shortValue } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import type { Messages } from "../i18n/en";
import type { Lang } from "../state/state";
import { fontFamily, type Palette } from "./palette";

/** The histogram: a bar a bin. */
export function distributionOption(
  { histogram, unit }: DistributionQuery["distribution"],
  palette: Palette,
  lang: Lang,
  t: Messages,
  chosen: number | null,
): EChartsCoreOption {
  const { code, factor } = shownUnit(unit);
  const edge = (value: number) => shortValue(value, unit, "EXACT", lang);
  const short = (value: number) => shortNumber(value * factor, lang);
  return {
    textStyle: { fontFamily },
    grid: { left: 12, right: 24, top: 40, bottom: 36, containLabel: true },
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
      type: "category",
      data: histogram.map(({ lower, upper }) => `${short(lower)} – ${short(upper)}`),
      name: unitName(code, lang),
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: { color: palette.muted },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.muted, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      name: t.countRegions,
      minInterval: 1,
      nameTextStyle: { color: palette.muted, align: "left" },
      axisLabel: { color: palette.muted },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      {
        type: "bar",
        barCategoryGap: "4%",
        data: histogram.map((bin, at) => ({
          value: bin.count,
          itemStyle: { color: palette.neutral, opacity: chosen === null || chosen === at ? 1 : 0.45 },
        })),
      },
    ],
  };
}
