import { count, shortDifference, shortValue } from "../format/numbers";
import { periodText } from "../format/periods";
import { shownUnit, unitName } from "../format/units";
import { nameIn, useLanguage } from "../i18n/language";
import { Missing } from "../parts/Missing";
import { Rows } from "../parts/Rows";
import { Notes } from "../parts/States";
import { useExplorer, useNames } from "../state/context";
import { cellOf } from "../state/state";
import type { Cell, Compared } from "./comparison";

/** Height of a bar's row in pixels; views.css has the same. */
const rowHeight = 40;
/** Beyond so many regions, each says where it lies. */
const mostUnplaced = 40;

/** The regions ranked by one indicator, as bars against its baseline. */
export function RankedBars({ compared }: { compared: Compared }) {
  const { lang, t } = useLanguage();
  const { indicators } = useExplorer();
  const names = useNames();
  const { measure, cells, unit, baseline, missing } = compared;
  const info = indicators.get(measure.code);
  const title = names.measure(measure);
  const scale = scaleOf(compared);
  // Among many regions there are some of one name.
  const placed = cells.length > mostUnplaced;

  return (
    <section className="card" aria-label={title}>
      <header className="card-head">
        <h3>{names.indicator(measure.code)}</h3>
        {measure.slice.length > 0 && <p className="slice">{names.slice(measure)}</p>}
        <p className="muted">
          {unitName(shownUnit(unit).code, lang)} · {t.polarity[info?.polarity ?? "NEUTRAL"]} ·{" "}
          {t.regionsShown(count(cells.length, lang), count(cells.length + missing.length, lang))}
        </p>
      </header>
      {baseline !== null && (
        <p className="baseline-legend">
          <span className="baseline-sample" aria-hidden="true" />
          {t.baselineIs} {shortValue(baseline, unit, compared.baselinePrecision, lang)}
        </p>
      )}
      {cells.length > 0 ? (
        <Rows count={cells.length} height={rowHeight} label={title} className="bars">
          {(index) => {
            const cell = cells[index];
            return (
              cell && <Bar cell={cell} compared={compared} title={title} scale={scale} placed={placed} />
            );
          }}
        </Rows>
      ) : (
        <p className="empty">{t.noFigures}</p>
      )}
      <Missing missing={missing} measure={measure} />
      <Notes warnings={compared.warnings} />
    </section>
  );
}

type Scale = (value: number) => number;

/** Places values between 0 and 100: from the smallest or zero to the largest, the baseline included. */
function scaleOf({ cells, baseline }: Compared): Scale {
  let [low, high] = [Math.min(0, baseline ?? 0), Math.max(0, baseline ?? 0)];
  for (const { value } of cells) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low || 1;
  return (value) => (100 * (value - low)) / span;
}

interface BarProps {
  cell: Cell;
  compared: Compared;
  title: string;
  scale: Scale;
  /** Whether it says where the region lies. */
  placed: boolean;
}

function Bar({ cell, compared, title, scale, placed }: BarProps) {
  const { lang, t } = useLanguage();
  const names = useNames();
  const { dispatch } = useExplorer();
  const { baseline, unit, measure } = compared;
  const name = nameIn(lang, cell.region);
  const value = shortValue(cell.value, unit, cell.precision, lang);
  const around = names.around(cell.region.code);
  const [zero, end] = [scale(0), scale(cell.value)];
  const open = () => dispatch({ type: "openEvidence", evidence: cellOf(measure, cell.region.code) });
  return (
    <button
      type="button"
      className={`bar ${cell.standing ?? "NEUTRAL"}`}
      onClick={open}
      aria-label={`${t.rank} ${cell.rank}. ${t.openEvidence(name, title, value)}`}
      title={[name, around, cell.period && periodText(cell.period, lang)].filter(Boolean).join(" · ")}
    >
      <span className="bar-rank">
        {cell.rank}
        {cell.rankUncertain && <abbr title={t.rankUncertain}>?</abbr>}
      </span>
      <span className="bar-name">
        {name}
        {placed && <small>{around}</small>}
      </span>
      <span className="bar-track">
        <span
          className={`bar-fill ${cell.precision}`}
          style={{ left: `${Math.min(zero, end)}%`, width: `${Math.max(Math.abs(end - zero), 0.4)}%` }}
        />
        {baseline !== null && <span className="bar-baseline" style={{ left: `${scale(baseline)}%` }} />}
      </span>
      <span className="bar-value">{value}</span>
      <span className="bar-difference">
        {cell.difference !== null && (
          <>
            <Arrow standing={cell.standing} />
            {shortDifference(cell.difference, unit, lang)}
          </>
        )}
      </span>
    </button>
  );
}

/** The standing as a sign, so that nobody needs the colours. */
function Arrow({ standing }: { standing: Cell["standing"] }) {
  const { t } = useLanguage();
  if (!standing) {
    return null;
  }
  const sign = { BETTER: "▲", SIMILAR: "●", WORSE: "▼" }[standing];
  return (
    <span className={`sign ${standing}`} title={t.standings[standing]}>
      {sign}
    </span>
  );
}
