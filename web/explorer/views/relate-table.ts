import type { Messages } from "../i18n/en";
import { nameIn } from "../i18n/language";
import type { Table } from "../parts/files";
import type { Lang } from "../state/state";
import type { Relationship } from "./RelateView";

/** The points as a table to be saved, with every digit that the server gives. */
export function relateTable(
  { points, xUnit, yUnit }: Relationship,
  titles: { x: string; y: string },
  t: Messages,
  lang: Lang,
): Table {
  return [
    [
      "region",
      t.region,
      `${titles.x} (${xUnit})`,
      `${t.precision}: ${titles.x}`,
      `${titles.y} (${yUnit})`,
      `${t.precision}: ${titles.y}`,
      t.residual,
    ],
    ...points.map(({ region, x, xPrecision, y, yPrecision, residual }) => [
      region.code,
      nameIn(lang, region),
      x,
      xPrecision,
      y,
      yPrecision,
      residual,
    ]),
  ];
}
