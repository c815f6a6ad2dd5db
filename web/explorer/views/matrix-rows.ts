import type { MissingReason, RegionNameFragment } from "../api/operations.generated";
import type { Cell, Compared } from "./comparison";

/** One region of the matrix: for every measure its cell or the reason why there is none. */
export interface MatrixRow {
  region: RegionNameFragment;
  cells: (Cell | null)[];
  reasons: (MissingReason | null)[];
}

/** The regions of a comparison in the order of their codes. */
export function rowsOf(compared: Compared[]): MatrixRow[] {
  const rows = new Map<string, MatrixRow>();
  const rowOf = (region: RegionNameFragment) => {
    const known = rows.get(region.code) ?? {
      region,
      cells: compared.map(() => null),
      reasons: compared.map(() => null),
    };
    rows.set(region.code, known);
    return known;
  };
  for (const [at, each] of compared.entries()) {
    for (const cell of each.cells) {
      rowOf(cell.region).cells[at] = cell;
    }
    for (const { region, reason } of each.missing) {
      rowOf(region).reasons[at] = reason;
    }
  }
  return [...rows.values()].sort((a, b) => (a.region.code < b.region.code ? -1 : 1));
}

/** How strongly a cell is coloured, 0 to 1, and after what: its standing or, without one, its place among the regions. */
export function shadeOf(cell: Cell): { tone: "BETTER" | "SIMILAR" | "WORSE" | "NEUTRAL"; strength: number } {
  if (!cell.standing) {
    return { tone: "NEUTRAL", strength: cell.percentile / 100 };
  }
  const distance = Math.min(Math.abs(cell.zScore ?? 0) / 2, 1);
  return { tone: cell.standing, strength: cell.standing === "SIMILAR" ? 0.5 : 0.35 + 0.65 * distance };
}
