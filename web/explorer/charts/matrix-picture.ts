import type { RegionNameFragment } from "../api/operations.generated";
import { shortValue } from "../format/numbers";
import type { Lang } from "../state/state";
import type { Compared } from "../views/comparison";
import { type MatrixRow, shadeOf } from "../views/matrix-rows";
import { fontFamily, light } from "./palette";
import type { PictureOption } from "./picture";

const mostRows = 60;
const [rowHeight, head, columnWidth, names] = [28, 90, 150, 170];

const tones = {
  BETTER: light.better,
  SIMILAR: light.similar,
  WORSE: light.worse,
  NEUTRAL: light.neutral,
};

/** The matrix as a picture. */
export function matrixPicture(
  allRows: MatrixRow[],
  compared: Compared[],
  titles: string[],
  nameOf: (region: RegionNameFragment) => string,
  lang: Lang,
): PictureOption {
  const rows = allRows.slice(0, mostRows);
  const data = rows.flatMap((row, y) =>
    row.cells.map((cell, x) => {
      const unit = compared[x]?.unit ?? "";
      const shade = cell && shadeOf(cell);
      const opacity = shade ? 0.15 + 0.55 * shade.strength : 0;
      return {
        value: [x, y, 0],
        itemStyle: { color: shade ? tones[shade.tone] : light.surface, opacity: shade ? opacity : 1 },
        label: {
          formatter: cell ? shortValue(cell.value, unit, cell.precision, lang) : "–",
          color: light.text,
        },
      };
    }),
  );
  return {
    width: names + columnWidth * titles.length + 24,
    height: head + rowHeight * rows.length + 24,
    option: {
      textStyle: { fontFamily },
      grid: { left: names, right: 24, top: head, bottom: 24 },
      xAxis: {
        type: "category",
        position: "top",
        data: titles,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: light.text, width: columnWidth - 12, overflow: "break", interval: 0 },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map(({ region }) => nameOf(region)),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: light.text, width: names - 20, overflow: "truncate", interval: 0 },
      },
      series: [
        {
          type: "heatmap",
          data,
          label: { show: true },
          itemStyle: { borderColor: light.surface, borderWidth: 2 },
        },
      ],
    },
  };
}
