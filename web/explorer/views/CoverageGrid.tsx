import type { CSSProperties } from "react";
import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { Rows } from "../parts/Rows";
import { useExplorer, useNames } from "../state/context";
import { cellOf, measureKey } from "../state/state";
import type { Compared } from "./comparison";
import type { MatrixRow } from "./matrix-rows";

/** Which of the chosen regions have a figure of which indicator, and why the others have none. */
export function CoverageGrid({ rows, compared }: { rows: MatrixRow[]; compared: Compared[] }) {
  const { lang, t } = useLanguage();
  const names = useNames();
  return (
    <div className="coverage" style={{ "--measures": compared.length } as CSSProperties}>
      <div className="coverage-row coverage-head" aria-hidden="true">
        <span>{t.region}</span>
        {compared.map(({ measure, cells }) => (
          <span key={measureKey(measure)}>
            {names.measure(measure)}
            <small>{t.regionsShown(count(cells.length, lang), count(rows.length, lang))}</small>
          </span>
        ))}
      </div>
      <Rows count={rows.length} height={44} label={t.exists} className="coverage-rows">
        {(index) => rows[index] && <CoverageRow row={rows[index]} compared={compared} />}
      </Rows>
    </div>
  );
}

function CoverageRow({ row, compared }: { row: MatrixRow; compared: Compared[] }) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const names = useNames();
  const region = nameIn(lang, row.region);
  return (
    <div className="coverage-row">
      <span className="coverage-name" title={names.around(row.region.code)}>
        {region}
      </span>
      {compared.map(({ measure }, at) => {
        const has = row.cells[at] !== null;
        const text = has ? t.has : t.reasons[row.reasons[at] ?? "NO_OBSERVATION"];
        return (
          <button
            key={measureKey(measure)}
            type="button"
            className={`coverage-cell ${has ? "has" : "lacks"}`}
            title={t.pair(names.measure(measure), text)}
            aria-label={t.openEvidence(region, names.measure(measure), text)}
            onClick={() => dispatch({ type: "openEvidence", evidence: cellOf(measure, row.region.code) })}
          >
            {has ? "✓" : text}
          </button>
        );
      })}
    </div>
  );
}
