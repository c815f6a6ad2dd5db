import type { EChartsCoreOption } from "echarts/core";
import { shortNumber, shortValue } from "../format/numbers";
import { dayText, periodText } from "../format/periods";
import { shownUnit, unitName } from "../format/units";
import type { Messages } from "../i18n/en";
import { nameIn } from "../i18n/language";
import type { Lang } from "../state/state";
import type { Strand } from "../views/strands";
import type { Line } from "../views/trend";
import { fontFamily, type Palette, symbols } from "./palette";

interface Look {
  palette: Palette;
  lang: Lang;
  t: Messages;
  /** Whether there are only single points, which get less room. */
  low: boolean;
}

/** Of so many points on, marks are small. */
const dense = 60;

/**
 * The lines of one indicator: colours and signs by region, forecasts and targets dashed, the event compared with dotted, filled
 * points hollow.
 */
export function trendOption(strands: Strand[], { palette, lang, t, low }: Look): EChartsCoreOption {
  const unit = strands[0]?.line.unit ?? "1";
  const { code, factor } = shownUnit(unit);
  const regions = [...new Set(strands.map(({ line }) => line.region.code))];
  const aligned = strands.some(({ event }) => event);
  const paired = strands.some(({ compared }) => compared);
  const nameOf = ({ line, event }: Strand) =>
    [
      line.status === "ACTUAL"
        ? nameIn(lang, line.region)
        : `${nameIn(lang, line.region)} (${t.statuses[line.status].toLowerCase()})`,
      paired && event ? dayText(event, lang) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  const drawn = strands.map((strand, at) => ({
    ...strandSeries(strand, regions, nameOf(strand), palette),
    ...(aligned && at === 0 && { markLine: dayZero(palette, t) }),
  }));
  const axis = {
    axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true },
    axisLine: { lineStyle: { color: palette.line } },
  };
  return {
    aria: { enabled: false },
    textStyle: { fontFamily },
    grid: {
      left: 12,
      right: 24,
      top: 40,
      bottom: (strands.length > 1 ? 36 : 8) + (aligned ? 28 : 0),
      containLabel: true,
    },
    legend: {
      type: "scroll",
      bottom: 0,
      show: strands.length > 1,
      textStyle: { color: palette.text },
      pageTextStyle: { color: palette.muted },
      pageIconColor: palette.text,
      pageIconInactiveColor: palette.line,
      inactiveColor: palette.line,
    },
    tooltip: {
      trigger: "item",
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text },
      confine: true,
      formatter: ({ seriesIndex = 0, dataIndex = 0 }: { seriesIndex?: number; dataIndex?: number }) => {
        const strand = strands[seriesIndex];
        return strand
          ? escaped(pointText(strand.line, strand.at[dataIndex] ?? 0, nameOf(strand), lang, t))
          : "";
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
      ...(aligned
        ? { scale: true, minInterval: 1 }
        : {
            boundaryGap: ["4%", "4%"],
            minInterval: dayMilliseconds,
            axisLabel: { ...axis.axisLabel, formatter: dayLabel(strands, lang) },
          }),
    },
    yAxis: {
      ...axis,
      type: "value",
      name: unitName(code, lang),
      nameTextStyle: { color: palette.muted, align: "left" },
      scale: true,
      splitNumber: low ? 3 : 5,
      // Beside the chart, and not at day 0.
      axisLine: { ...axis.axisLine, onZero: false },
      axisLabel: { color: palette.muted, formatter: (value: number) => shortNumber(value * factor, lang) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    // The strands come first, so that a mark that is chosen is of the strand of its number.
    series: [...drawn, ...strands.flatMap((strand, at) => paleSeries(strand, drawn[at]))],
  };
}

function strandSeries(strand: Strand, regions: string[], name: string, palette: Palette) {
  const { line, at, x, compared } = strand;
  const place = regions.indexOf(line.region.code);
  const colour = palette.series[place % palette.series.length];
  const many = at.length > dense;
  return {
    type: "line",
    name,
    color: colour,
    symbol: symbols[place % symbols.length],
    symbolSize: many ? 4 : 9,
    connectNulls: false,
    lineStyle: {
      width: compared ? 1.5 : 2,
      type: compared ? "dotted" : line.status === "ACTUAL" ? "solid" : "dashed",
    },
    data: at.map((each, point) => {
      const filled = line.filled[each] ?? false;
      return {
        // Of many points, those that are filled are drawn pale beneath.
        value: [x[point] ?? null, filled && many ? null : (line.values[each] ?? null)],
        itemStyle: filled
          ? { color: palette.surface, borderColor: colour, borderWidth: 2 }
          : { color: colour },
      };
    }),
  };
}

/** What is filled of a strand of many points: a pale line, for there is no room for hollow marks. */
function paleSeries({ line, at, x }: Strand, { name, color }: Partial<ReturnType<typeof strandSeries>> = {}) {
  const filled = (point: number) => line.filled[at[point] ?? -1] ?? false;
  if (at.length <= dense || !at.some((_, point) => filled(point))) {
    return [];
  }
  const near = (point: number) => filled(point - 1) || filled(point) || filled(point + 1);
  return [
    {
      type: "line",
      name,
      color,
      symbol: "none",
      silent: true,
      lineStyle: { width: 1.5, type: "dotted", opacity: 0.6 },
      data: at.map((each, point) => [x[point] ?? null, near(point) ? (line.values[each] ?? null) : null]),
    },
  ];
}

function dayZero(palette: Palette, t: Messages): object {
  return {
    symbol: "none",
    silent: true,
    data: [{ xAxis: 0 }],
    label: { formatter: t.event, color: palette.muted, position: "end" },
    lineStyle: { color: palette.muted, type: "solid", width: 1 },
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
function dayLabel(strands: Strand[], lang: Lang): (milliseconds: number) => string {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of strands) {
    first = Math.min(first, x[0] ?? first);
    last = Math.max(last, x.at(-1) ?? last);
  }
  const span = (last - first) / dayMilliseconds;
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
