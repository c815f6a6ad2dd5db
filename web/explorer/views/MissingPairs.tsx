import { Missing } from "../parts/Missing";
import { useNames } from "../state/context";
import { type Measure, measureKey } from "../state/state";
import type { Relationship } from "./RelateView";

/** The regions that lack a figure of either measure. */
export function MissingPairs({
  missing,
  x,
  y,
}: {
  missing: Relationship["missing"];
  x: Measure;
  y: Measure;
}) {
  const names = useNames();
  // Of one indicator by itself nothing is listed twice.
  const measures = x.code === y.code ? [x] : [x, y];
  return measures.map((measure) => {
    const own = missing.filter(({ indicator }) => indicator.code === measure.code);
    return (
      own.length > 0 && (
        <div className="missing-of" key={measureKey(measure)}>
          <h3>{names.measure(measure)}</h3>
          <Missing missing={own} measure={measure} />
        </div>
      )
    );
  });
}
