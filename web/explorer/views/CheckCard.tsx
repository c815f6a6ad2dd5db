import type { ChecksQuery } from "../api/operations.generated";
import { checkWords, computationWords } from "../i18n/check-words";
import { nameIn, useLanguage } from "../i18n/language";
import { useNames } from "../state/context";
import { FigureRow } from "./FigureRow";

/** One check: what was found, its arithmetic, and the figures it used. */
export function CheckCard({ check }: { check: ChecksQuery["checks"]["nodes"][number] }) {
  const { lang, t } = useLanguage();
  const names = useNames();
  const said = checkWords(check.message, lang, names.indicator);
  const named = new Map(
    check.observations.map(({ indicator }) => [indicator.nameEn, nameIn(lang, indicator)]),
  );
  const computed = computationWords(check.arithmetic, lang, (english) => named.get(english) ?? english);
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
      <p lang={said ? undefined : "en"}>{said ?? check.message}</p>
      {check.arithmetic && (
        <p className="arithmetic" lang={computed ? undefined : "en"}>
          <span className="visually-hidden">{t.pair(t.arithmetic, "")}</span>
          {computed ?? check.arithmetic}
        </p>
      )}
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
