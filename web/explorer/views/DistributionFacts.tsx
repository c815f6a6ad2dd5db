import type { DistributionQuery } from "../api/operations.generated";
import { count, precisionMark, shortNumber, shortValue } from "../format/numbers";
import { useLanguage } from "../i18n/language";

/** The statistics above the histogram. */
export function DistributionFacts({ found }: { found: DistributionQuery["distribution"] }) {
  const { lang, t } = useLanguage();
  const { statistics, quantiles, unit, precision } = found;
  const value = (number: number | null | undefined) =>
    number === null || number === undefined ? null : shortValue(number, unit, precision, lang);
  const spread = (number: number | null) =>
    number === null ? null : shortValue(number, unit, "EXACT", lang);
  const [, lower, , upper] = quantiles;
  const facts: [string, string | null][] = [
    [t.regionsN, count(statistics.n, lang)],
    [t.smallest, value(statistics.min)],
    [t.quartiles, lower === null || upper === null ? null : `${value(lower)} – ${value(upper)}`],
    [t.median, value(statistics.median)],
    [t.mean, value(statistics.mean)],
    [t.largest, value(statistics.max)],
    [t.stddev, spread(statistics.stddev)],
    [
      t.gini,
      statistics.gini === null ? null : `${precisionMark("EXACT")}${shortNumber(statistics.gini, lang)}`,
    ],
    [t.bins, `${count(found.histogram.length, lang)}, ${t.binRules[found.binRule]}`],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([label, text]) =>
          text !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
