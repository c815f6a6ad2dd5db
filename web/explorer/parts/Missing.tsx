import { useState } from "react";
import type { MissingReason, RegionNameFragment } from "../api/operations.generated";
import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { useExplorer, useNames } from "../state/context";
import { cellOf, type Measure } from "../state/state";

/** So many regions are named at first. */
const firstNamed = 12;

interface Props {
  missing: { reason: MissingReason; region: RegionNameFragment }[];
  measure: Measure;
}

/** The regions without a figure of a measure, by the reason; each opens what is known of it. */
export function Missing({ missing, measure }: Props) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const names = useNames();
  const [all, setAll] = useState(false);
  if (missing.length === 0) {
    return null;
  }
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  const open = (region: string) => dispatch({ type: "openEvidence", evidence: cellOf(measure, region) });
  return (
    <details className="missing" open={missing.length <= firstNamed}>
      <summary>{t.missingCount(missing.length, count(missing.length, lang))}</summary>
      <dl>
        {reasons.map((reason) => {
          const regions = missing.filter((each) => each.reason === reason);
          const shown = all ? regions : regions.slice(0, firstNamed);
          return (
            <div key={reason}>
              <dt>{t.reasons[reason]}</dt>
              <dd>
                {shown.map(({ region }, at) => (
                  <span key={region.code}>
                    {at > 0 && (lang === "zh" ? "、" : ", ")}
                    <button
                      type="button"
                      className="quiet"
                      aria-label={t.openEvidence(
                        nameIn(lang, region),
                        names.measure(measure),
                        t.reasons[reason],
                      )}
                      onClick={() => open(region.code)}
                    >
                      {nameIn(lang, region)}
                    </button>
                  </span>
                ))}
                {shown.length < regions.length && (
                  <button type="button" className="link" onClick={() => setAll(true)}>
                    {t.missingMore(count(regions.length - shown.length, lang))}
                  </button>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}
