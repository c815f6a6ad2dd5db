import { useState } from "react";
import type { AvailabilityQuery } from "../api/operations.generated";
import { count } from "../format/numbers";
import { dayText } from "../format/periods";
import { nameIn, useLanguage } from "../i18n/language";
import { Scroller } from "../parts/Scroller";
import { useExplorer } from "../state/context";

type Availability = AvailabilityQuery["availability"][number];

const firstRows = 20;

/** What figures there are of each indicator, those with the most regions first; a name adds it to the selection. */
export function AvailabilityTable({ all }: { all: Availability[] }) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const [shown, setShown] = useState(firstRows);
  const sorted = [...all].sort((a, b) => b.regions - a.regions || b.observations - a.observations);
  return (
    <>
      <Scroller label={t.tableOf(t.existsAll)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.indicator}</th>
              <th scope="col" className="number">
                {t.regions}
              </th>
              <th scope="col" className="number">
                {t.figures}
              </th>
              <th scope="col">{t.firstDay}</th>
              <th scope="col">{t.lastDay}</th>
              <th scope="col">{t.gaps}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map(({ indicator, observations, regions, first, last, gaps }) => (
              <tr key={indicator.code}>
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    title={t.pair(t.add, nameIn(lang, indicator))}
                    onClick={() =>
                      dispatch({ type: "addMeasure", measure: { code: indicator.code, slice: [] } })
                    }
                  >
                    {nameIn(lang, indicator)}
                  </button>
                </th>
                <td className="number">{count(regions, lang)}</td>
                <td className="number">{count(observations, lang)}</td>
                <td>{first && dayText(first, lang)}</td>
                <td>{last && dayText(last, lang)}</td>
                <td>
                  {gaps
                    .map((gap) => t.pair(t.reasons[gap.reason], count(gap.observations, lang)))
                    .join(lang === "zh" ? "；" : "; ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {shown < sorted.length && (
        <button type="button" onClick={() => setShown(sorted.length)}>
          {t.showMore(count(sorted.length - shown, lang))}
        </button>
      )}
    </>
  );
}
