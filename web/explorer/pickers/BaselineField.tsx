import { useLanguage } from "../i18n/language";
import { Choice, Text } from "../parts/Fields";
import { useExplorer, useNames } from "../state/context";
import type { BaselineChoice } from "../state/state";

const statistics = ["GROUP_VALUE", "MEAN", "MEDIAN", "BEST"] as const;
type Kind = "default" | "region" | "value" | (typeof statistics)[number];

/** What the regions are compared with. */
export function BaselineField() {
  const { t } = useLanguage();
  const { state, dispatch, regions } = useExplorer();
  const names = useNames();
  const { baseline } = state;
  const set = (next: BaselineChoice) => dispatch({ type: "set", change: { baseline: next } });
  const named = state.regions.codes.length > 0 ? state.regions.codes : [...regions.keys()].slice(0, 1);
  const chosen = baseline.kind === "region" ? baseline.code : null;
  const candidates = [...new Set([...named, ...(chosen ? [chosen] : [])])];
  const kind: Kind = baseline.kind === "statistic" ? baseline.statistic : baseline.kind;
  const offered: Kind[] = [
    "default",
    ...statistics,
    ...(candidates.length ? ["region" as const] : []),
    "value",
  ];
  const choose = (next: Kind) => {
    switch (next) {
      case "default":
        return set({ kind: "default" });
      case "region":
        return set({ kind: "region", code: candidates[0] ?? "" });
      case "value":
        return set({ kind: "value", value: 0 });
      default:
        return set({ kind: "statistic", statistic: next });
    }
  };
  return (
    <>
      <Choice
        label={t.baseline}
        value={kind}
        options={offered.map((value) => ({ value, label: t.baselines[value] }))}
        onChange={choose}
      />
      {baseline.kind === "region" && (
        <Choice
          label={t.baselineRegion}
          value={baseline.code}
          options={candidates.map((code) => ({ value: code, label: names.region(code) }))}
          onChange={(code) => set({ kind: "region", code })}
        />
      )}
      {baseline.kind === "value" && (
        <Text
          type="number"
          label={t.baselineValue}
          value={String(baseline.value)}
          onChange={(text) => set({ kind: "value", value: Number(text) || 0 })}
        />
      )}
    </>
  );
}
