import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { Rows } from "../parts/Rows";
import { useExplorer, useNames } from "../state/context";
import { measureKey } from "../state/state";
import type { Compared } from "./comparison";
import type { MatrixRow } from "./matrix-rows";

/** Which of the chosen regions have a figure of which indicator, and why the others have none. */
export function CoverageGrid({ rows, compared }: { rows: MatrixRow[]; compared: Compared[] }) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const names = useNames();
  return (
    <>
      <dl className="facts">
        {compared.map(({ measure, cells }) => (
          <div key={measureKey(measure)}>
            <dt>{names.measure(measure)}</dt>
            <dd>{t.regionsShown(count(cells.length, lang), count(rows.length, lang))}</dd>
          </div>
        ))}
      </dl>
      <Rows count={rows.length} height={44} label={t.exists} className="coverage-rows">
        {(index) => {
          const row = rows[index];
          return (
            row && (
              <div className="coverage-row">
                <span className="coverage-name">{nameIn(lang, row.region)}</span>
                <span className="coverage-cells">
                  {compared.map(({ measure }, at) => {
                    const has = row.cells[at] !== null;
                    const text = has ? t.has : t.reasons[row.reasons[at] ?? "NO_OBSERVATION"];
                    return (
                      <button
                        key={measureKey(measure)}
                        type="button"
                        className={`coverage-cell ${has ? "has" : "lacks"}`}
                        title={`${names.measure(measure)}: ${text}`}
                        aria-label={t.openEvidence(nameIn(lang, row.region), names.measure(measure), text)}
                        onClick={() =>
                          dispatch({
                            type: "openEvidence",
                            evidence: {
                              kind: "cell",
                              measure,
                              region: row.region.code,
                              period: null,
                              status: null,
                            },
                          })
                        }
                      >
                        {has ? "✓" : "–"}{" "}
                        <span className="coverage-what">{names.indicator(measure.code)}</span>
                      </button>
                    );
                  })}
                </span>
              </div>
            )
          );
        }}
      </Rows>
    </>
  );
}
