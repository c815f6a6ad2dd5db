import { comparePicture } from "../charts/compare-picture";
import { useLanguage } from "../i18n/language";
import { Answered, Empty } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useNames } from "../state/context";
import { measureKey } from "../state/state";
import { useComparison } from "./comparison";
import { RankedBars } from "./RankedBars";

/** The chosen regions ranked by each indicator. */
export function CompareView() {
  const { lang, t } = useLanguage();
  const names = useNames();
  const { compared, asked, ...standing } = useComparison();
  if (asked.length === 0) {
    return <Empty>{t.noIndicatorChosen}</Empty>;
  }
  const picture = () => [
    comparePicture(
      compared.map((each) => ({ ...each, title: names.measure(each.measure) })),
      t,
      lang,
    ),
  ];
  return (
    <>
      <ViewBar asked={asked} picture={compared.some(({ cells }) => cells.length > 0) ? picture : null}>
        <span className="hint">{t.legendPrecision}</span>
      </ViewBar>
      <Answered standing={standing}>
        <div className="cards">
          {compared.map((each) => (
            <RankedBars key={measureKey(each.measure)} compared={each} />
          ))}
        </div>
      </Answered>
    </>
  );
}
