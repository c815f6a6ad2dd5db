import { useState } from "react";
import { shownUnit, unitName } from "../format/units";
import { useLanguage } from "../i18n/language";
import { useExplorer, useNames } from "../state/context";
import { type Measure, measureKey } from "../state/state";
import { IndicatorPicker } from "./IndicatorPicker";
import { SliceChoice } from "./SliceChoice";

/** The chosen indicators in their order, each with its slice. */
export function ChosenIndicators() {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const [picking, setPicking] = useState(false);
  return (
    <section aria-labelledby="indicators-heading">
      <h2 id="indicators-heading">{t.indicators}</h2>
      <ol className="chosen">
        {state.measures.map((measure, at) => (
          <ChosenIndicator key={placeKey(state.measures, at)} measure={measure} first={at === 0} />
        ))}
      </ol>
      <button type="button" onClick={() => setPicking(true)}>
        + {t.addIndicator}
      </button>
      {picking && <IndicatorPicker onClose={() => setPicking(false)} />}
    </section>
  );
}

/** What an indicator keeps while its slice changes, and with it the focus: its code and which of that code it is. */
function placeKey(measures: Measure[], at: number): string {
  const code = measures[at]?.code ?? "";
  return `${code} ${measures.slice(0, at).filter((each) => each.code === code).length}`;
}

function ChosenIndicator({ measure, first }: { measure: Measure; first: boolean }) {
  const { lang, t } = useLanguage();
  const { dispatch, indicators } = useExplorer();
  const names = useNames();
  const info = indicators.get(measure.code);
  const name = names.measure(measure);
  const key = measureKey(measure);
  return (
    <li>
      <div className="chosen-head">
        <span>
          {names.indicator(measure.code)}
          {info && (
            <small>
              {unitName(shownUnit(info.unit).code, lang)} · {t.pair(t.rule, t.rules[info.rollup.regions])}
            </small>
          )}
        </span>
        {!first && (
          <button
            type="button"
            className="plain icon"
            aria-label={t.moveUp(name)}
            onClick={() => dispatch({ type: "moveMeasure", key, by: -1 })}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M10 15V5M5.5 9.5L10 5l4.5 4.5" />
            </svg>
          </button>
        )}
        <button
          type="button"
          className="plain icon"
          aria-label={t.remove(name)}
          onClick={() => dispatch({ type: "removeMeasure", key })}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M6 6l8 8M14 6l-8 8" />
          </svg>
        </button>
      </div>
      {info && info.dimensions.length > 0 && <SliceChoice measure={measure} info={info} />}
    </li>
  );
}
