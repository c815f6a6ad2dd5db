import { useLanguage } from "../i18n/language";
import { Choice, Text } from "../parts/Fields";
import { useExplorer, useNames } from "../state/context";

const usualScale = 10_000;

/** What values are divided by: an indicator that adds up over regions. */
export function PerField() {
  const { t } = useLanguage();
  const { state, dispatch, indicators } = useExplorer();
  const names = useNames();
  const { per } = state;
  const divisors = [...indicators.values()].filter(
    ({ rollup, availability, code }) =>
      (rollup.regions === "SUM" && availability.regions > 0) || code === per?.indicator,
  );
  const set = (next: typeof per) => dispatch({ type: "set", change: { per: next } });
  return (
    <>
      <Choice
        label={t.per}
        value={per?.indicator ?? ""}
        options={[
          { value: "", label: t.perNone },
          ...divisors.map(({ code }) => ({ value: code, label: names.indicator(code) })),
        ]}
        onChange={(indicator) => set(indicator ? { indicator, scale: per?.scale ?? usualScale } : null)}
      />
      {per && (
        <Text
          type="number"
          label={t.perScale}
          value={String(per.scale)}
          onChange={(text) => set({ ...per, scale: Number(text) > 0 ? Number(text) : 1 })}
        />
      )}
    </>
  );
}
