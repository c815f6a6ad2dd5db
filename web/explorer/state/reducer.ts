import type { EvidenceKey, Measure, State } from "./state";
import { measureKey } from "./state";

/** What can happen to the state. */
export type Action =
  | { type: "set"; change: Partial<State> }
  | { type: "addMeasure"; measure: Measure }
  | { type: "removeMeasure"; key: string }
  | { type: "replaceMeasure"; key: string; measure: Measure }
  | { type: "moveMeasure"; key: string; by: -1 | 1 }
  | { type: "toggleRegion"; code: string }
  | { type: "toggleWithin"; code: string }
  | { type: "openEvidence"; evidence: EvidenceKey }
  | { type: "closeEvidence" }
  | { type: "replace"; state: State };

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "set":
      return { ...state, ...action.change };
    case "addMeasure":
      return has(state, action.measure) ? state : withMeasures(state, [...state.measures, action.measure]);
    case "removeMeasure":
      return withMeasures(
        state,
        state.measures.filter((measure) => measureKey(measure) !== action.key),
      );
    case "replaceMeasure":
      return has(state, action.measure)
        ? state
        : withMeasures(
            state,
            state.measures.map((measure) => (measureKey(measure) === action.key ? action.measure : measure)),
          );
    case "moveMeasure":
      return withMeasures(state, moved(state.measures, action.key, action.by));
    case "toggleRegion":
      return { ...state, regions: { ...state.regions, codes: toggled(state.regions.codes, action.code) } };
    case "toggleWithin":
      return { ...state, regions: { ...state.regions, within: toggled(state.regions.within, action.code) } };
    case "openEvidence":
      return { ...state, evidence: action.evidence };
    case "closeEvidence":
      return { ...state, evidence: null };
    case "replace":
      return action.state;
  }
}

function has(state: State, measure: Measure): boolean {
  return state.measures.some((other) => measureKey(other) === measureKey(measure));
}

function withMeasures(state: State, measures: Measure[]): State {
  return { ...state, measures, focus: Math.min(state.focus, Math.max(0, measures.length - 1)) };
}

function toggled(list: string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

function moved(measures: Measure[], key: string, by: -1 | 1): Measure[] {
  const from = measures.findIndex((measure) => measureKey(measure) === key);
  const to = from + by;
  const [item, other] = [measures[from], measures[to]];
  if (!item || !other) {
    return measures;
  }
  const result = [...measures];
  result[from] = other;
  result[to] = item;
  return result;
}
