import { Missing } from "../parts/Missing";
import { useNames } from "../state/context";
import type { MissingLine } from "./trend";

/** The regions that lack a figure, by indicator. */
export function MissingSeries({ missing }: { missing: MissingLine[] }) {
  const names = useNames();
  const codes = [...new Set(missing.map(({ indicator }) => indicator.code))];
  return codes.map((code) => (
    <div className="missing-of" key={code}>
      <h3>{names.indicator(code)}</h3>
      <Missing missing={missing.filter(({ indicator }) => indicator.code === code)} />
    </div>
  ));
}
