import type { CatalogueQuery } from "../api/operations.generated";
import type { Measure, State } from "./state";
import { measureOf } from "./state";

// What the bundled figures have most to say about.
const headline = [
  "work_resumption_rate[enterprise_class=above_scale_industry]",
  "party_members_deployed",
  "volunteer_teams",
  "persons_screened",
];
const bundledCounties = ["370105", "370124", "140403", "220721", "510402"];

const mostIndicators = 4;

/**
 * What the page opens with where the address names no indicator: the headline of the bundled figures or, where another
 * catalogue is loaded, the indicators that most regions have, over every county.
 */
export function opening(state: State, catalogue: CatalogueQuery): State {
  if (state.measures.length > 0) {
    return state;
  }
  const known = new Map(catalogue.indicators.nodes.map((indicator) => [indicator.code, indicator]));
  const measures = headline.flatMap((key) => measureOf(key) ?? []);
  const named = state.regions.codes.length + state.regions.within.length > 0 || state.regions.peers;
  // Exactly the bundled figures know every one of these, for a handful of counties.
  if (measures.every(({ code }) => (known.get(code)?.availability.observations ?? 0) > 0)) {
    return {
      ...state,
      measures,
      regions: named ? state.regions : { ...state.regions, codes: bundledCounties },
    };
  }
  const widest: Measure[] = [...known.values()]
    .filter(({ availability }) => availability.regions > 0)
    .sort((a, b) => b.availability.regions - a.availability.regions)
    .slice(0, mostIndicators)
    .map(({ code }) => ({ code, slice: [] }));
  return { ...state, measures: widest };
}
