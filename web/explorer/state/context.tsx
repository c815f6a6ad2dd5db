import { createContext, type Dispatch, useContext } from "react";
import type { CatalogueQuery, RegionTreeQuery } from "../api/operations.generated";
import { nameIn, useLanguage } from "../i18n/language";
import type { Part } from "../pickers/slices";
import type { Action } from "./reducer";
import type { Measure, State } from "./state";

export type IndicatorInfo = CatalogueQuery["indicators"]["nodes"][number];
export type RegionInfo = RegionTreeQuery["regions"]["nodes"][number];

/** What every part of the page may know: the state, the indicators, the regions as far as they are read. */
export interface Explorer {
  state: State;
  dispatch: Dispatch<Action>;
  indicators: Map<string, IndicatorInfo>;
  /** In the order of the catalogue; empty until read. */
  regions: Map<string, RegionInfo>;
  /** The slices that figures of the chosen indicators exist for, by the indicator's code. */
  parts: Map<string, Part[]>;
}

const Context = createContext<Explorer | null>(null);
export const ExplorerProvider = Context.Provider;

export function useExplorer(): Explorer {
  const explorer = useContext(Context);
  if (!explorer) {
    throw new Error("outside of the explorer");
  }
  return explorer;
}

/** Functions that name indicators, measures and regions in the language of the page. */
export function useNames() {
  const { lang } = useLanguage();
  const { indicators, regions, parts } = useExplorer();
  const indicator = (code: string) => {
    const info = indicators.get(code);
    return info ? nameIn(lang, info) : code;
  };
  const region = (code: string) => {
    const info = regions.get(code);
    return info ? nameIn(lang, info) : code;
  };
  /** The region around a region, which tells those of one name apart; empty where none is known. */
  const around = (code: string) => {
    const parent = regions.get(code)?.parent;
    return parent ? region(parent.code) : "";
  };
  /** The parts of a slice by their values: what stands behind the indicator's name. */
  const slice = (measure: Measure) =>
    measure.slice
      .map(({ dimension, value }) => {
        const known = parts
          .get(measure.code)
          ?.flatMap(({ coordinates }) => coordinates)
          .find((each) => each.dimension === dimension && each.value === value);
        return known ? nameIn(lang, known) : value.replaceAll("_", " ");
      })
      .join(", ");
  const measure = (of: Measure) =>
    of.slice.length ? `${indicator(of.code)} · ${slice(of)}` : indicator(of.code);
  return { indicator, region, around, slice, measure };
}
