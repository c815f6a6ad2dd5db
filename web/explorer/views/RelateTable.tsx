import { shortDifference, shortValue } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { Rows } from "../parts/Rows";
import { useNames } from "../state/context";
import type { Measure } from "../state/state";
import type { Relationship } from "./RelateView";

interface Props {
  found: Relationship;
  x: Measure;
  y: Measure;
  onPick: (region: string, measure: Measure) => void;
}

/** The points of the chart, each value opening its evidence. */
export function RelateTable({ found, x, y, onPick }: Props) {
  const { lang, t } = useLanguage();
  const names = useNames();
  return (
    <details className="points">
      <summary>{t.showTable}</summary>
      <div className="pair-head" aria-hidden="true">
        <span>{t.region}</span>
        <span>{names.measure(x)}</span>
        <span>{names.measure(y)}</span>
        <span>{t.residual}</span>
      </div>
      <Rows count={found.points.length} height={36} label={t.showTable} className="pairs">
        {(index) => {
          const point = found.points[index];
          if (!point) {
            return null;
          }
          const name = nameIn(lang, point.region);
          const cells = [
            { measure: x, text: shortValue(point.x, found.xUnit, point.xPrecision, lang) },
            { measure: y, text: shortValue(point.y, found.yUnit, point.yPrecision, lang) },
          ];
          return (
            <div className="pair">
              <span>{name}</span>
              {cells.map(({ measure, text }, at) => (
                <button
                  // biome-ignore lint/suspicious/noArrayIndexKey: the two axes.
                  key={at}
                  type="button"
                  className="link"
                  aria-label={t.openEvidence(name, names.measure(measure), text)}
                  onClick={() => onPick(point.region.code, measure)}
                >
                  {text}
                </button>
              ))}
              <span>{point.residual === null ? "" : shortDifference(point.residual, found.yUnit, lang)}</span>
            </div>
          );
        }}
      </Rows>
    </details>
  );
}
