import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { Choice } from "../parts/Fields";
import { type IndicatorInfo, useExplorer } from "../state/context";
import { type Measure, measureKey } from "../state/state";

/** Which part of the figures is taken, one list a dimension that has any. */
export function SliceChoice({ measure, info }: { measure: Measure; info: IndicatorInfo }) {
  const { lang, t } = useLanguage();
  const { dispatch, slices } = useExplorer();
  const values = slices.get(info.code) ?? [];
  return info.dimensions.map((dimension) => {
    const chosen = measure.slice.find((part) => part.dimension === dimension.code)?.value ?? "";
    const offered = values.filter((each) => each.dimension === dimension.code);
    if (offered.length === 0 && !chosen) {
      return null;
    }
    const options = offered.map((each) => ({
      value: each.value,
      label: `${nameIn(lang, each)} (${count(each.regions, lang)})`,
    }));
    if (chosen && !offered.some(({ value }) => value === chosen)) {
      options.push({ value: chosen, label: chosen });
    }
    return (
      <Choice
        key={dimension.code}
        label={nameIn(lang, dimension)}
        value={chosen}
        options={[{ value: "", label: t.total }, ...options]}
        onChange={(value) => {
          const rest = measure.slice.filter((part) => part.dimension !== dimension.code);
          dispatch({
            type: "replaceMeasure",
            key: measureKey(measure),
            measure: {
              ...measure,
              slice: value ? [...rest, { dimension: dimension.code, value }] : rest,
            },
          });
        }}
      />
    );
  });
}
