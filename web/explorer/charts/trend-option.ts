import type { EChartsCoreOption } from "echarts/core";
import { shortNumber, shortValue } from "../format/numbers";
import { periodEnd, periodText } from "../format/periods";
import { shownUnit, unitName } from "../format/units";
import type { Messages } from "../i18n/en";
import { nameIn } from "../i18n/language";
import type { Lang } from "../state/state";
import type { Line } from "../views/trend";
import { fontFamily, type Palette, symbols } from "./palette";

interface Look {
  palette: Palette;
  lang: Lang;
  t: Messages;
  /** Whether the axis counts days from an event. */
  aligned: boolean;
}

/** The lines of one indicator: colours and signs by region, forecasts and targets dashed, filled points hollow. */
export function trendOption(lines: Line[], { palette, lang, t, aligned }: Look): EChartsCoreOption {
  const unit = lines[0]?.unit ?? "1";
  const { code, factor } = shownUnit(unit);
  const regions = [...new Set(lines.map(({ region }) => region.code))];
  const nameOf = (line: Line) =>
    line.status === "ACTUAL"
      ? nameIn(lang, line.region)
      : `${nameIn(lang, line.region)} (${t.statuses[line.status].toLowerCase()})`;
  const axis = {
    axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true },
    axisLine: { lineStyle: { color: palette.line } },
  };
  return {
    aria: { enabled: false },
    textStyle: { fontFamily },
    grid: { left: 12, right: 24, top: 40, bottom: lines.length > 1 ? 36 : 8, containLabel: true },
    legend: {
      type: "scroll",
      bottom: 0,
      show: lines.length > 1,
      textStyle: { color: palette.text },
      pageTextStyle: { color: palette.muted },
      inactiveColor: palette.line,
    },
    tooltip: {
      trigger: "item",
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text },
      confine: true,
      formatter: ({ seriesIndex = 0, dataIndex = 0 }: { seriesIndex?: number; dataIndex?: number }) => {
        const line = lines[seriesIndex];
        return line ? escaped(pointText(line, dataIndex, nameOf(line), lang, t)) : "";
      },
    },
    xAxis: {
      ...axis,
      type: aligned ? "value" : "time",
      name: aligned ? t.daysSince : undefined,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: palette.muted },
      splitLine: { show: false },
      boundaryGap: ["4%", "4%"],
      ...(!aligned && {
        minInterval: dayMilliseconds,
        axisLabel: { ...axis.axisLabel, formatter: dayLabel(lines, lang) },
      }),
    },
    yAxis: {
      ...axis,
      type: "value",
      name: unitName(code, lang),
      nameTextStyle: { color: palette.muted, align: "left" },
      scale: true,
      axisLabel: { color: palette.muted, formatter: (value: number) => shortNumber(value * factor, lang) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: lines.map((line) => {
      const place = regions.indexOf(line.region.code);
      const colour = palette.series[place % palette.series.length];
      return {
        type: "line",
        name: nameOf(line),
        color: colour,
        symbol: symbols[place % symbols.length],
        symbolSize: line.values.length > 60 ? 4 : 9,
        connectNulls: false,
        lineStyle: { width: 2, type: line.status === "ACTUAL" ? "solid" : "dashed" },
        data: line.values.map((value, at) => ({
          value: [aligned ? (line.eventDays[at] ?? null) : periodEnd(line.periods[at] ?? ""), value],
          itemStyle: line.filled[at]
            ? { color: palette.surface, borderColor: colour, borderWidth: 2 }
            : { color: colour },
        })),
      };
    }),
  };
}

function pointText(line: Line, at: number, name: string, lang: Lang, t: Messages): string {
  const value = line.values[at];
  const parts = [
    name,
    periodText(line.periods[at] ?? "", lang),
    value === null || value === undefined
      ? ""
      : shortValue(value, line.unit, line.precisions[at] ?? "EXACT", lang),
    line.filled[at] ? t.filled : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

const dayMilliseconds = 86_400_000;
/** Beyond so many days a line of time names months, and beyond so many years. */
const [mostDays, mostMonths] = [100, 1500];

/** Names a day on the line of time as closely as its length asks for. */
function dayLabel(lines: Line[], lang: Lang): (milliseconds: number) => string {
  const days = lines.flatMap(({ periods }) => periods.map(periodEnd));
  const span = (Math.max(...days) - Math.min(...days)) / dayMilliseconds;
  const options: Intl.DateTimeFormatOptions =
    span <= mostDays
      ? { day: "numeric", month: "short" }
      : { year: "numeric", ...(span <= mostMonths && { month: "short" }) };
  const format = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { ...options, timeZone: "UTC" });
  return (milliseconds) => format.format(milliseconds);
}

/** Tooltips are HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
