import type { FigureRowFragment } from "../api/operations.generated";
import { shortValue } from "../format/numbers";
import { periodText } from "../format/periods";
import { nameIn, useLanguage } from "../i18n/language";
import { useExplorer } from "../state/context";

/** One figure on a line: what, where, when, how much; it opens its evidence. */
export function FigureRow({ figure, children }: { figure: FigureRowFragment; children?: React.ReactNode }) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const parts = [nameIn(lang, figure.indicator), ...figure.slice.map((each) => nameIn(lang, each))];
  const value =
    figure.value === null
      ? t.reasons[figure.missing ?? "UNKNOWN"]
      : shortValue(figure.value, figure.unit, figure.precision, lang);
  const status = figure.status === "ACTUAL" ? "" : ` · ${t.statuses[figure.status]}`;
  return (
    <button
      type="button"
      className="plain figure-row"
      aria-label={t.openEvidence(nameIn(lang, figure.region), parts.join(", "), value)}
      onClick={() => dispatch({ type: "openEvidence", evidence: { kind: "figure", id: figure.id } })}
    >
      <span className="figure-what">
        {parts.join(" · ")}
        <small>
          {nameIn(lang, figure.region)} · {periodText(figure.period.label, lang)}
          {status}
          {figure.printed && (
            <>
              {" · "}
              <q lang="zh">{figure.printed}</q>
            </>
          )}
        </small>
      </span>
      <span className="number">
        {value}
        {children}
      </span>
    </button>
  );
}
