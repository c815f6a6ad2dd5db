import type { EChartsCoreOption } from "echarts/core";

/** A chart of a picture. */
export interface PictureOption {
  option: EChartsCoreOption;
  width: number;
  height: number;
}

/** Draws a view as charts one below the other; asked for only when a picture is saved. */
export type Picture = () => PictureOption[];
