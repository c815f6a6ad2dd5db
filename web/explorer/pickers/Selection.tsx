import { useLanguage } from "../i18n/language";
import { ChosenIndicators } from "./ChosenIndicators";
import { ChosenRegions } from "./ChosenRegions";
import { MoreChoices } from "./MoreChoices";

/** What is looked at: indicators, regions, time, baseline. */
export function Selection() {
  const { t } = useLanguage();
  return (
    <div className="selection">
      <ChosenIndicators />
      <ChosenRegions />
      <section aria-label={t.more}>
        <MoreChoices />
      </section>
    </div>
  );
}
