import type { EChartsCoreOption } from "echarts/core";

/** A view as a picture to be saved. */
export interface PictureOption {
  option: EChartsCoreOption;
  width: number;
  height: number;
}

/** Draws the view; asked for only when a picture is saved. */
export type Picture = () => PictureOption;
