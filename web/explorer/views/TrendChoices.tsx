import type { Fill, Grain } from "../api/operations.generated";
import { useLanguage } from "../i18n/language";
import { Choice, Day } from "../parts/Fields";
import { useExplorer } from "../state/context";
import type { TrendChoice } from "../state/state";

const grains = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] as const;
const fills = ["NONE", "ZERO", "PREVIOUS", "LINEAR"] as const;

/** How the lines are drawn. */
export function TrendChoices() {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const { trend } = state;
  const set = (change: Partial<TrendChoice>) =>
    dispatch({ type: "set", change: { trend: { ...trend, ...change } } });
  // An event counts days: no other points go with it.
  const offered = trend.event ? grains.filter((grain) => grain === "DAY") : grains;
  return (
    <>
      <Choice<Grain | "">
        label={t.grain}
        value={trend.grain ?? ""}
        options={[
          { value: "", label: t.asReported },
          ...offered.map((value) => ({ value, label: t.grains[value] })),
        ]}
        onChange={(grain) => set({ grain: grain || null })}
      />
      <Choice<Fill>
        label={t.fill}
        value={trend.fill}
        options={fills.map((value) => ({ value, label: t.fills[value] }))}
        onChange={(fill) => set({ fill })}
      />
      <Day label={t.from} value={trend.from} onChange={(from) => set({ from })} />
      <Day label={t.to} value={trend.to} onChange={(to) => set({ to })} />
      <Day
        label={t.event}
        value={trend.event}
        onChange={(event) =>
          set({
            event,
            eventWith: event ? trend.eventWith : null,
            grain: event && trend.grain !== "DAY" ? null : trend.grain,
          })
        }
      />
      {trend.event && (
        <Day label={t.eventWith} value={trend.eventWith} onChange={(eventWith) => set({ eventWith })} />
      )}
    </>
  );
}
