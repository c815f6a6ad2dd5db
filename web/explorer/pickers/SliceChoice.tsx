import { count } from "../format/numbers";
import { nameIn, useLanguage } from "../i18n/language";
import { Choice } from "../parts/Fields";
import { type IndicatorInfo, useExplorer, useNames } from "../state/context";
import { type Measure, measureKey } from "../state/state";
import { valuesOf } from "./slices";

/** Which part of the figures is taken, one list a dimension that has any: what it offers goes with what the others have. */
export function SliceChoice({ measure, info }: { measure: Measure; info: IndicatorInfo }) {
  const { lang, t } = useLanguage();
  const { dispatch, parts } = useExplorer();
  const names = useNames();
  const own = parts.get(info.code) ?? [];
  const dimensionName = (code: string) => {
    const known = info.dimensions.find((each) => each.code === code);
    return known ? nameIn(lang, known) : code;
  };
  return info.dimensions.map((dimension) => {
    const chosenPart = measure.slice.filter((part) => part.dimension === dimension.code);
    const chosen = chosenPart[0]?.value ?? "";
    const offered = valuesOf(own, dimension.code, measure.slice);
    if (offered.length === 0 && !chosen) {
      return null;
    }
    const options = offered.map((each) => ({
      value: each.value,
      label:
        each.regions === null
          ? `${nameIn(lang, each)} (${t.withPart(each.needs.map(dimensionName).join(", "))})`
          : `${nameIn(lang, each)} (${count(each.regions, lang)})`,
    }));
    if (chosen && !offered.some(({ value }) => value === chosen)) {
      options.push({ value: chosen, label: names.slice({ ...measure, slice: chosenPart }) });
    }
    return (
      <Choice
        key={dimension.code}
        label={nameIn(lang, dimension)}
        value={chosen}
        options={[{ value: "", label: t.total }, ...options]}
        onChange={(value) => {
          const slice = info.dimensions.flatMap(({ code }) =>
            code !== dimension.code
              ? measure.slice.filter((part) => part.dimension === code)
              : value
                ? [{ dimension: code, value }]
                : [],
          );
          dispatch({ type: "replaceMeasure", key: measureKey(measure), measure: { ...measure, slice } });
        }}
      />
    );
  });
}
