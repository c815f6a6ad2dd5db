import { useState } from "react";
import type { MissingReason, RegionNameFragment } from "../api/operations.generated";
import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";

/** So many regions are named at first. */
const firstNamed = 12;

/** The regions without a figure, by the reason. */
export function Missing({ missing }: { missing: { reason: MissingReason; region: RegionNameFragment }[] }) {
  const { lang, t } = useLanguage();
  const [all, setAll] = useState(false);
  if (missing.length === 0) {
    return null;
  }
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
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
                {shown.map(({ region }) => nameIn(lang, region)).join(lang === "zh" ? "、" : ", ")}
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
