import type { ChecksQuery } from "../api/operations.generated";
import { checkWords } from "../i18n/check-words";
import { nameIn, useLanguage } from "../i18n/language";
import { useNames } from "../state/context";
import { FigureRow } from "./FigureRow";

/** One check: what was found, its arithmetic, and the figures it used. */
export function CheckCard({ check }: { check: ChecksQuery["checks"]["nodes"][number] }) {
  const { lang, t } = useLanguage();
  const names = useNames();
  const said = checkWords(check.message, lang, names.indicator);
  const failed = check.status === "FAILED";
  return (
    <li className={`check-card ${failed ? check.severity : "PASSED"}`}>
      <p className="check-head">
        <span className="badge">{failed ? t.severities[check.severity] : t.passed}</span>
        <strong>
          {[check.region && nameIn(lang, check.region), check.indicator && nameIn(lang, check.indicator)]
            .filter(Boolean)
            .join(" · ")}
        </strong>
        <code>{check.code}</code>
      </p>
      {said && <p>{said}</p>}
      <p lang="en" className={said ? "muted" : ""}>
        {check.message}
      </p>
      <p className="arithmetic" lang="en">
        <span className="visually-hidden">{t.arithmetic}: </span>
        {check.arithmetic}
      </p>
      {check.observations.length > 0 && (
        <details>
          <summary>{t.figuresUsed}</summary>
          {check.observations.map((figure) => (
            <FigureRow key={figure.id} figure={figure} />
          ))}
        </details>
      )}
    </li>
  );
}
