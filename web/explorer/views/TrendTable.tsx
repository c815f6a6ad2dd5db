import { useState } from "react";
import { count, shortDifference, shortNumber, shortValue } from "../format/numbers";
import { periodText } from "../format/periods";
import { nameIn, useLanguage } from "../i18n/language";
import { Scroller } from "../parts/Scroller";
import type { Strand } from "./strands";
import type { Line } from "./trend";

/** So many points are listed at first. */
const firstPoints = 200;
const morePoints = 1000;

interface Props {
  title: string;
  strands: Strand[];
  onPick: (line: Line, at: number) => void;
}

/** The points of the lines, each opening its evidence: what the chart shows, for reading and for the keyboard. */
export function TrendTable({ title, strands, onPick }: Props) {
  const { lang, t } = useLanguage();
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState(firstPoints);
  const all = strands.reduce((sum, { at }) => sum + at.length, 0);
  const aligned = strands.some(({ event }) => event);
  const points = open
    ? strands
        .flatMap(({ line, at, x }) => at.map((each, place) => ({ line, at: each, x: x[place] ?? 0 })))
        .slice(0, shown)
    : [];
  return (
    <details className="points" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.showTable}</summary>
      <Scroller label={t.tableOf(title)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.region}</th>
              <th scope="col">{t.period}</th>
              {aligned && (
                <th scope="col" className="number">
                  {t.daysSince}
                </th>
              )}
              <th scope="col">{t.status}</th>
              <th scope="col" className="number">
                {t.value}
              </th>
              <th scope="col" className="number">
                {t.change}
              </th>
              <th scope="col" className="number">
                {t.yearOnYear}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ line, at, x }) => (
              <tr key={`${line.region.code} ${line.status} ${line.periods[at]}`}>
                <th scope="row">{nameIn(lang, line.region)}</th>
                <td>{periodText(line.periods[at] ?? "", lang)}</td>
                {aligned && <td className="number">{x}</td>}
                <td>{t.statuses[line.status]}</td>
                <td className="number">
                  <PointValue line={line} at={at} onPick={onPick} />
                </td>
                <td className="number">{difference(line.changes[at], line.unit)}</td>
                <td className="number">{growth(line.yearOnYear[at], line.unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {all > shown && (
        <button type="button" onClick={() => setShown(shown + morePoints)}>
          {t.showMore(count(Math.min(morePoints, all - shown), lang))}
        </button>
      )}
    </details>
  );

  function difference(value: number | null | undefined, unit: string): string {
    return value === null || value === undefined ? "" : shortDifference(value, unit, lang);
  }

  function growth(value: number | null | undefined, unit: string): string {
    if (value === null || value === undefined) {
      return "";
    }
    // Percentages change by percentage points.
    return unit === "%"
      ? shortDifference(value, unit, lang)
      : `${value > 0 ? "+" : ""}${shortNumber(value, lang)} %`;
  }
}

function PointValue({
  line,
  at,
  onPick,
}: {
  line: Line;
  at: number;
  onPick: (line: Line, at: number) => void;
}) {
  const { lang, t } = useLanguage();
  const value = line.values[at];
  if (value === null || value === undefined) {
    return <span className="muted">{t.reasons[line.missing[at] ?? "NO_OBSERVATION"]}</span>;
  }
  const text = shortValue(value, line.unit, line.precisions[at] ?? "EXACT", lang);
  if (line.filled[at]) {
    return (
      <span className="muted">
        {text} ({t.filled})
      </span>
    );
  }
  return (
    <button type="button" className="link" onClick={() => onPick(line, at)}>
      {text}
    </button>
  );
}
