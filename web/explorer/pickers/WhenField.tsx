import { readPeriod } from "../format/periods";
import { useLanguage } from "../i18n/language";
import { Choice, Day, Text } from "../parts/Fields";
import { useExplorer } from "../state/context";
import type { When } from "../state/state";

const kinds = ["latest", "period", "within"] as const;

/** Which periods are looked at. */
export function WhenField() {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const { when } = state;
  const set = (next: When) => dispatch({ type: "set", change: { when: next } });
  return (
    <>
      <Choice
        label={t.when}
        value={when.kind}
        options={kinds.map((value) => ({ value, label: t.whenKinds[value] }))}
        onChange={(kind) =>
          set(
            kind === "latest"
              ? { kind, onOrBefore: null }
              : { kind, period: when.kind === "latest" ? "" : when.period },
          )
        }
      />
      {when.kind === "latest" ? (
        <Day
          label={t.onOrBefore}
          value={when.onOrBefore}
          onChange={(onOrBefore) => set({ kind: "latest", onOrBefore })}
        />
      ) : (
        <Text
          label={t.period}
          hint={t.periodHint}
          read={readPeriod}
          problem={t.periodProblem}
          value={when.period}
          onChange={(period) => set({ kind: when.kind, period })}
        />
      )}
    </>
  );
}
