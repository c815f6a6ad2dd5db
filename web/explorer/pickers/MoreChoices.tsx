import { useLanguage } from "../i18n/language";
import { Choice, Day } from "../parts/Fields";
import { useExplorer } from "../state/context";
import type { State, View } from "../state/state";
import { BaselineField } from "./BaselineField";
import { PerField } from "./PerField";
import { WhenField } from "./WhenField";

/** A trend has its own bounds of time, and what changes nothing in a view is not asked there. */
const [timed, compared]: View[][] = [
  ["compare", "matrix", "relate", "distribution", "coverage"],
  ["compare", "matrix"],
];

/** Period, state of knowledge, kind of figures, divisor, baseline: as far as the view takes them. */
export function MoreChoices() {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const set = (change: Partial<State>) => dispatch({ type: "set", change });
  if (state.view === "sources") {
    return <p className="hint">{t.unselected}</p>;
  }
  return (
    <>
      {timed?.includes(state.view) && <WhenField />}
      <Day label={t.asOf} hint={t.asOfHint} value={state.asOf} onChange={(asOf) => set({ asOf })} />
      <Choice
        label={t.status}
        value={state.status}
        options={(["ACTUAL", "FORECAST", "TARGET"] as const).map((value) => ({
          value,
          label: t.statuses[value],
        }))}
        onChange={(status) => set({ status })}
      />
      <PerField />
      {compared?.includes(state.view) && <BaselineField />}
    </>
  );
}
