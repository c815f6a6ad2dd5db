import { useLanguage } from "../i18n/language";
import { Choice, Text } from "../parts/Fields";
import { useExplorer } from "../state/context";
import type { State } from "../state/state";
import { BaselineField } from "./BaselineField";
import { PerField } from "./PerField";
import { WhenField } from "./WhenField";

/** Period, state of knowledge, kind of figures, divisor, baseline. */
export function MoreChoices() {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const set = (change: Partial<State>) => dispatch({ type: "set", change });
  return (
    <>
      <WhenField />
      <Text
        type="date"
        label={t.asOf}
        hint={t.asOfHint}
        value={state.asOf ?? ""}
        onChange={(asOf) => set({ asOf: asOf || null })}
      />
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
      <BaselineField />
    </>
  );
}
