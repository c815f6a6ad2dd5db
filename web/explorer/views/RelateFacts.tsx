import { count, precisionMark, probability, shortNumber } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import type { Relationship } from "./RelateView";

/** The statistics above the chart. */
export function RelateFacts({ found }: { found: Relationship }) {
  const { lang, t } = useLanguage();
  const number = (value: number) => shortNumber(value, lang);
  const facts: [string, string][] = [[t.regionsN, count(found.n, lang)]];
  if (found.coefficient !== null) {
    facts.push([t.coefficient, `${precisionMark(found.precision)}${number(found.coefficient)}`]);
  }
  if (found.interval) {
    const { lower, upper, confidence } = found.interval;
    facts.push([t.interval(`${number(100 * confidence)} %`), `${number(lower)} … ${number(upper)}`]);
  }
  if (found.pValue !== null) {
    facts.push([t.pValue, probability(found.pValue, lang)]);
  }
  if (found.slope !== null && found.intercept !== null) {
    const sign = found.intercept < 0 ? "−" : "+";
    facts.push([t.slope, `y = ${number(found.slope)} x ${sign} ${number(Math.abs(found.intercept))}`]);
  }
  return (
    <>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {found.undefined && found.points.length > 0 && (
        <p className="callout">{t.undefinedReasons[found.undefined]}</p>
      )}
    </>
  );
}
