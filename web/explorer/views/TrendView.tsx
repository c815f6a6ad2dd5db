import { useMemo } from "react";
import { Chart } from "../charts/Chart";
import { light } from "../charts/palette";
import { usePalette } from "../charts/theme";
import { titled } from "../charts/titled";
import { trendOption } from "../charts/trend-option";
import { count } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import { Missing } from "../parts/Missing";
import { Answered, Empty, Notes } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useExplorer, useNames } from "../state/context";
import { type Measure, measureKey } from "../state/state";
import { type Strand, strandsOf } from "./strands";
import { TrendChoices } from "./TrendChoices";
import { TrendTable } from "./TrendTable";
import { evidenceOfPoint, type Lack, type Line, useSeries } from "./trend";

/** More lines than this are not drawn: nobody could follow them. */
const mostLines = 30;
const chartHeight = 340;
/** Of single points there is less to see. */
const pointsHeight = 220;

/** One chart: a measure with its lines, those of them that are drawn, and how. */
interface Panel {
  measure: Measure;
  all: number;
  lines: Line[];
  strands: Strand[];
  low: boolean;
}

/** The chosen indicators over time, one chart each, since each has a unit and a scale of its own. */
export function TrendView() {
  const { t, lang } = useLanguage();
  const names = useNames();
  const { state } = useExplorer();
  const { lines, missing, warnings, asked, ...standing } = useSeries();
  const panels = useMemo(
    () =>
      state.measures.map((measure): Panel => {
        const own = lines.filter((line) => measureKey(line.measure) === measureKey(measure));
        const drawn = own.slice(0, mostLines);
        return {
          measure,
          all: own.length,
          lines: drawn,
          strands: strandsOf(drawn, state.trend),
          low: own.every(({ values }) => values.length === 1),
        };
      }),
    [state.measures, state.trend, lines],
  );
  if (asked.length === 0) {
    return <Empty>{t.noIndicatorChosen}</Empty>;
  }
  const filled = panels.filter(({ all }) => all > 0);
  const picture = () =>
    filled.map(({ measure, strands, low }) => ({
      option: titled(trendOption(strands, { palette: light, lang, t, low }), names.measure(measure)),
      width: 960,
      height: 420,
    }));
  return (
    <>
      <ViewBar asked={asked} picture={filled.length > 0 ? picture : null}>
        <TrendChoices />
      </ViewBar>
      <Answered standing={standing}>
        <div className="panels">
          {panels.map((panel) => (
            <TrendPanel
              key={measureKey(panel.measure)}
              panel={panel}
              missing={missing.filter((lack) => lack.measure === panel.measure)}
            />
          ))}
        </div>
        <Notes warnings={warnings} />
      </Answered>
    </>
  );
}

function TrendPanel({ panel, missing }: { panel: Panel; missing: Lack[] }) {
  const { measure, all, lines, strands, low } = panel;
  const { t, lang } = useLanguage();
  const names = useNames();
  const { state, dispatch } = useExplorer();
  const palette = usePalette();
  const option = useMemo(
    () => trendOption(strands, { palette, lang, t, low }),
    [strands, palette, lang, t, low],
  );
  const title = names.measure(measure);
  const hints = hintsOf(panel).map((key) => t[key]);
  const pick = (line: Line | undefined, at: number | undefined) => {
    const evidence = line && at !== undefined && evidenceOfPoint(line, at, state.trend.grain !== null);
    if (evidence) {
      dispatch({ type: "openEvidence", evidence });
    }
  };
  return (
    <section className="card" aria-label={title}>
      <header className="card-head">
        <h3>{names.indicator(measure.code)}</h3>
        {measure.slice.length > 0 && <p className="slice">{names.slice(measure)}</p>}
        {hints.length > 0 && <p className="muted">{hints.join(" · ")}</p>}
        {all > lines.length && (
          <p className="muted">{t.seriesShown(count(lines.length, lang), count(all, lang))}</p>
        )}
      </header>
      {all > 0 ? (
        <>
          <Chart
            option={option}
            label={[`${t.views.trend}: ${title}`, t.linesDrawn(count(lines.length, lang)), ...hints].join(
              ". ",
            )}
            height={low ? pointsHeight : chartHeight}
            onPick={(series, datum) => pick(strands[series]?.line, strands[series]?.at[datum])}
          />
          <TrendTable title={title} strands={strands} onPick={pick} />
        </>
      ) : (
        <Empty>{t.noFigures}</Empty>
      )}
      <Missing missing={missing} measure={measure} />
    </section>
  );
}

/** What is to be known to read the chart: only what is in it. */
function hintsOf({ lines, strands, low, all }: Panel) {
  return [
    ...(low && all > 0 ? (["oneSeriesPoint"] as const) : []),
    ...(lines.some(({ status }) => status !== "ACTUAL") ? (["forecastDashed"] as const) : []),
    ...(lines.some(({ filled }) => filled.includes(true)) ? (["filledHollow"] as const) : []),
    ...(strands.some(({ compared }) => compared) ? (["comparedDotted"] as const) : []),
  ];
}
