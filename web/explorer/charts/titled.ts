import type { EChartsCoreOption } from "echarts/core";
import { light } from "./palette";

/** A chart with a title above it, as pictures have. */
export function titled(option: EChartsCoreOption, text: string): EChartsCoreOption {
  return {
    ...option,
    grid: { ...(option.grid as object), top: 84 },
    title: { text, left: 16, top: 14, textStyle: { fontSize: 16, color: light.text } },
  };
}
