import type { DistributionQuery } from "../api/operations.generated";
import { count, shortValue } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import { Choice } from "../parts/Fields";
import { Rows } from "../parts/Rows";
import { useExplorer, useNames } from "../state/context";
import { cellOf, type Measure } from "../state/state";

interface Props {
  bins: DistributionQuery["distribution"]["histogram"];
  chosen: number | null;
  onChoose: (bin: number | null) => void;
  unit: string;
  measure: Measure;
  columns: DistributionQuery["compare"]["indicators"][number]["columns"] | undefined;
}

/** The regions of one bar of the histogram, each opening its evidence. */
export function BinRegions({ bins, chosen, onChoose, unit, measure, columns }: Props) {
  const { lang, t } = useLanguage();
  const { dispatch } = useExplorer();
  const names = useNames();
  const edge = (value: number) => shortValue(value, unit, "EXACT", lang);
  const bin = chosen === null ? undefined : bins[chosen];
  const last = chosen === bins.length - 1;
  const inside = (columns?.regions ?? []).flatMap((code, at) => {
    const value = columns?.values[at] ?? Number.NaN;
    const within = bin && value >= bin.lower && (value < bin.upper || (last && value <= bin.upper));
    return within ? [{ code, value, precision: columns?.precisions[at] ?? "EXACT" }] : [];
  });
  return (
    <div className="bin">
      <Choice
        label={t.regions}
        value={chosen === null ? "" : String(chosen)}
        options={[
          { value: "", label: t.pickBin },
          ...bins.map(({ lower, upper, count: regions }, at) => ({
            value: String(at),
            label: `${edge(lower)} – ${edge(upper)} (${count(regions, lang)})`,
          })),
        ]}
        onChange={(value) => onChoose(value === "" ? null : Number(value))}
      />
      {bin && (
        <Rows
          count={inside.length}
          height={36}
          label={t.inBin(edge(bin.lower), edge(bin.upper))}
          className="bin-rows"
        >
          {(index) => {
            const each = inside[index];
            if (!each) {
              return null;
            }
            const value = shortValue(each.value, unit, each.precision, lang);
            return (
              <button
                type="button"
                className="plain line"
                aria-label={t.openEvidence(names.region(each.code), names.measure(measure), value)}
                onClick={() => dispatch({ type: "openEvidence", evidence: cellOf(measure, each.code) })}
              >
                <span>{names.region(each.code)}</span>
                <span className="number">{value}</span>
              </button>
            );
          }}
        </Rows>
      )}
    </div>
  );
}
