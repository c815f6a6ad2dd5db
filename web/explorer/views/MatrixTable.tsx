import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { shortValue } from "../format/numbers";
import { shownUnit, unitName } from "../format/units";
import { nameIn, useLanguage } from "../i18n/language";
import { Scroller } from "../parts/Scroller";
import { useExplorer, useNames } from "../state/context";
import { cellOf, measureKey } from "../state/state";
import type { Compared } from "./comparison";
import { type MatrixRow, shadeOf } from "./matrix-rows";

const rowHeight = 36;
/** Beyond so many regions, each says where it lies. */
const mostUnplaced = 40;

/** The matrix as a table; of many rows only those in sight are in the page. */
export function MatrixTable({ rows, compared }: { rows: MatrixRow[]; compared: Compared[] }) {
  const { lang, t } = useLanguage();
  const names = useNames();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 15,
    initialRect: { width: 800, height: 600 },
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);

  return (
    <Scroller ref={scroller} label={t.views.matrix}>
      <table className="matrix" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t.region}</th>
            {compared.map(({ measure, unit }) => (
              <th scope="col" key={measureKey(measure)}>
                {names.indicator(measure.code)}
                {measure.slice.length > 0 && <small>{names.slice(measure)}</small>}
                <small>{unitName(shownUnit(unit).code, lang)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} columns={compared.length + 1} />}
          {shown.map(({ index }) => {
            const row = rows[index];
            return (
              row && (
                <tr key={row.region.code} aria-rowindex={index + 2}>
                  <th scope="row" title={names.around(row.region.code)}>
                    <span>
                      {nameIn(lang, row.region)}
                      {rows.length > mostUnplaced && <small>{names.around(row.region.code)}</small>}
                    </span>
                  </th>
                  {compared.map((each, at) => (
                    <MatrixCell key={measureKey(each.measure)} row={row} at={at} compared={each} />
                  ))}
                </tr>
              )
            );
          })}
          {below > 0 && <Space height={below} columns={compared.length + 1} />}
        </tbody>
      </table>
    </Scroller>
  );
}

function Space({ height, columns }: { height: number; columns: number }) {
  return (
    <tr>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function MatrixCell({ row, at, compared }: { row: MatrixRow; at: number; compared: Compared }) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const names = useNames();
  const cell = row.cells[at];
  const { measure, unit } = compared;
  const open = () => dispatch({ type: "openEvidence", evidence: cellOf(measure, row.region.code) });
  if (!cell) {
    const reason = row.reasons[at];
    return (
      <td className="absent">
        <button type="button" className="cell" onClick={open} title={reason ? t.reasons[reason] : t.noValue}>
          <span aria-hidden="true">–</span>
          <span className="visually-hidden">{reason ? t.reasons[reason] : t.noValue}</span>
        </button>
      </td>
    );
  }
  const { tone, strength } = shadeOf(cell);
  const value = shortValue(cell.value, unit, cell.precision, lang);
  const standing = cell.standing ? `, ${t.standings[cell.standing]}` : "";
  return (
    <td>
      <button
        type="button"
        className={`cell ${tone}`}
        style={{ "--strength": `${Math.round(strength * 100)}%` } as React.CSSProperties}
        onClick={open}
        aria-label={t.openEvidence(nameIn(lang, row.region), names.measure(measure), value + standing)}
        title={`${nameIn(lang, row.region)} · ${t.pair(names.measure(measure), value)}${standing} · ${t.rank} ${cell.rank}`}
      >
        {value}
      </button>
    </td>
  );
}
