import type { EvidenceQuery } from "../api/operations.generated";
import {
  count,
  fullNumber,
  precisionMark,
  shortDifference,
  shortNumber,
  shortValue,
} from "../format/numbers";
import { unitSign } from "../format/units";
import { nameIn, useLanguage } from "../i18n/language";
import { Facts } from "./Facts";

type Found = EvidenceQuery["compare"]["indicators"][number];

/** The value of a cell, its place among the regions, and the rule it follows. */
export function ValueFacts({ found, entry }: { found: Found; entry: Found["entries"][number] }) {
  const { lang, t } = useLanguage();
  const { indicator, unit } = found;
  const { numerator, denominator } = indicator;
  const among = Math.max(found.statistics.n, entry.rank);
  return (
    <>
      <p className="evidence-where">{nameIn(lang, entry.region)}</p>
      <p className="evidence-value">
        {precisionMark(entry.precision)}
        {fullNumber(entry.value, lang)} <small>{unitSign(unit, lang)}</small>
      </p>
      <Facts
        facts={[
          [t.precision, t.precisions[entry.precision]],
          [
            t.rank,
            <>
              {t.ofN(count(entry.rank, lang), count(among, lang))}
              {entry.rankUncertain && <small>{t.rankUncertain}</small>}
            </>,
          ],
          [t.percentile, shortNumber(entry.percentile, lang)],
          [
            t.baselineIs,
            found.baseline === null ? null : shortValue(found.baseline, unit, found.baselinePrecision, lang),
          ],
          [
            t.difference,
            entry.difference === null
              ? null
              : `${precisionMark(entry.differencePrecision)}${shortDifference(entry.difference, unit, lang)}`,
          ],
          [t.standing, entry.standing && t.standings[entry.standing]],
          [
            t.how,
            <>
              {(["regions", "time", "dimensions"] as const)
                .map((axis) => t.pair(t.axes[axis], t.rules[indicator.rollup[axis]]))
                .join(" · ")}
              {lang === "en" && <small>{indicator.rollup.inWords}</small>}
            </>,
          ],
          [t.formula, indicator.formula && <code>{indicator.formula}</code>],
          [
            `${t.numerator} / ${t.denominator}`,
            numerator && denominator && `${nameIn(lang, numerator)} / ${nameIn(lang, denominator)}`,
          ],
        ]}
      />
      {entry.observations.length > 1 && (
        <p className="callout">{t.restsOn(count(entry.observations.length, lang))}</p>
      )}
    </>
  );
}
