import type { FigureFragment, ReportFragment } from "../api/operations.generated";
import { count, fullNumber, precisionMark } from "../format/numbers";
import { dayText, durationDays, periodText, timeText } from "../format/periods";
import { unitSign } from "../format/units";
import { nameIn, useLanguage } from "../i18n/language";
import { Facts } from "./Facts";

/** One figure as its source has it, with every report of it. */
export function Figure({ figure, named = false }: { figure: FigureFragment; named?: boolean }) {
  const { lang, t } = useLanguage();
  const { source } = figure;
  const days = figure.lag === null ? null : durationDays(figure.lag);
  const rate = figure.numerator !== null && figure.denominator !== null;
  return (
    <article className="figure" aria-label={nameIn(lang, figure.indicator)}>
      {named && <p className="evidence-where">{nameIn(lang, figure.region)}</p>}
      <h3>{nameIn(lang, figure.indicator)}</h3>
      {figure.printed && (
        <blockquote>
          <span className="visually-hidden">{t.asPrinted}: </span>
          <q lang="zh">{figure.printed}</q>
        </blockquote>
      )}
      {figure.derived && <p className="callout">{t.derivedFigure}</p>}
      <Facts
        facts={[
          [t.value, reportText(figure)],
          [t.precision, t.precisions[figure.precision]],
          [t.region, nameIn(lang, figure.region)],
          [
            t.part,
            figure.slice
              .map((part) => t.pair(nameIn(lang, part.dimension), nameIn(lang, part)))
              .join(lang === "zh" ? "、" : ", "),
          ],
          [
            t.period,
            <>
              {periodText(figure.period.label, lang)}
              {figure.period.inferred && <small>{t.inferredPeriod}</small>}
            </>,
          ],
          [t.status, t.statuses[figure.status]],
          [
            `${t.numerator} / ${t.denominator}`,
            rate &&
              `${fullNumber(figure.numerator ?? 0, lang)} / ${fullNumber(figure.denominator ?? 0, lang)}`,
          ],
          [t.definition, figure.definition && <span lang="en">{figure.definition}</span>],
          [t.note, figure.note && <span lang="en">{figure.note}</span>],
          [
            t.source,
            <>
              {source.title}
              <small>
                {[source.publisher, source.publishedOn ? dayText(source.publishedOn, lang) : t.undated]
                  .filter(Boolean)
                  .join(" · ")}
                {source.publishedInferred && ` (${t.inferredDay})`}
                {figure.offset !== null && ` · ${t.offset(count(figure.offset, lang))}`}
              </small>
            </>,
          ],
          [
            t.firstPublished,
            figure.firstPublished &&
              `${dayText(figure.firstPublished, lang)}${days === null ? "" : ` · ${t.lag(count(days, lang))}`}`,
          ],
          [t.load, timeText(figure.load.finishedAt, lang)],
        ]}
      />
      <Revisions figure={figure} />
    </article>
  );

  function reportText(report: ReportFragment): string {
    return report.value === null
      ? t.reasons[report.missing ?? "UNKNOWN"]
      : `${precisionMark(report.precision)}${fullNumber(report.value, lang)} ${unitSign(report.unit, lang)}`;
  }
}

/** Every report of a figure, newest first, where there is more than the one shown. */
function Revisions({ figure }: { figure: FigureFragment }) {
  const { lang, t } = useLanguage();
  if (figure.revisions.length < 2) {
    return null;
  }
  return (
    <>
      <h4>{t.revisions}</h4>
      <ol className="revisions">
        {figure.revisions.map((report) => (
          <li key={report.id}>
            <strong>
              {report.value === null
                ? t.reasons[report.missing ?? "UNKNOWN"]
                : `${precisionMark(report.precision)}${fullNumber(report.value, lang)}`}
            </strong>{" "}
            {report.printed && <q lang="zh">{report.printed}</q>}{" "}
            {report.id === figure.id && <span className="badge">{t.thisReport}</span>}
            <small>
              {report.publishedOn ? dayText(report.publishedOn, lang) : t.undated} · {report.source.title}
            </small>
          </li>
        ))}
      </ol>
    </>
  );
}
