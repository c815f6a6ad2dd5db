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
import { measureKey } from "../state/state";
import { TrendChoices } from "./TrendChoices";
import { TrendTable } from "./TrendTable";
import { evidenceOfPoint, type Line, useSeries } from "./trend";

/** More lines than this are not drawn: nobody could follow them. */
const mostLines = 30;
const chartHeight = 340;
/** Of single points there is less to see. */
const pointsHeight = 220;

/** The chosen indicators over time, one chart each. */
export function TrendView() {
  const { t, lang } = useLanguage();
  const names = useNames();
  const { state, dispatch } = useExplorer();
  const palette = usePalette();
  const { lines, missing, warnings, asked, ...standing } = useSeries();
  const aligned = state.trend.event !== null;
  const charts = useMemo(
    () =>
      state.measures.map((measure) => {
        const own = lines.filter((line) => measureKey(line.measure) === measureKey(measure));
        return { measure, own, drawn: own.slice(0, mostLines) };
      }),
    [state.measures, lines],
  );
  const options = useMemo(
    () => charts.map(({ drawn }) => trendOption(drawn, { palette, lang, t, aligned })),
    [charts, palette, lang, t, aligned],
  );
  if (asked.length === 0) {
    return <Empty>{t.noIndicatorChosen}</Empty>;
  }
  const first = charts.find(({ own }) => own.length > 0);
  const picture = () => ({
    option: titled(
      trendOption(first?.drawn ?? [], { palette: light, lang, t, aligned }),
      first ? names.measure(first.measure) : "",
    ),
    width: 960,
    height: 480,
  });
  const pick = (line: Line | undefined, at: number) => {
    const evidence = line && evidenceOfPoint(line, at, state.trend.grain !== null);
    if (evidence) {
      dispatch({ type: "openEvidence", evidence });
    }
  };
  return (
    <>
      <ViewBar asked={asked} picture={first ? picture : null}>
        <TrendChoices />
      </ViewBar>
      <Answered standing={standing}>
        <div className="stack">
          {charts.map(({ measure, own, drawn }, at) => (
            <section className="card" key={measureKey(measure)} aria-label={names.measure(measure)}>
              <header className="card-head">
                <h3>{names.indicator(measure.code)}</h3>
                {measure.slice.length > 0 && <p className="slice">{names.slice(measure)}</p>}
                {own.length === 0 ? null : single(own) ? (
                  <p className="muted">{t.oneSeriesPoint}</p>
                ) : (
                  <p className="muted">
                    {t.forecastDashed}
                    {state.trend.fill !== "NONE" && ` · ${t.filledHollow}`}
                  </p>
                )}
                {own.length > drawn.length && (
                  <p className="muted">{t.seriesShown(count(drawn.length, lang), count(own.length, lang))}</p>
                )}
              </header>
              {own.length > 0 ? (
                <>
                  <Chart
                    option={options[at] ?? {}}
                    label={`${t.views.trend}: ${names.measure(measure)}`}
                    height={single(own) ? pointsHeight : chartHeight}
                    onPick={(series, datum) => pick(drawn[series], datum)}
                  />
                  <TrendTable title={names.measure(measure)} lines={drawn} onPick={pick} />
                </>
              ) : (
                <Empty>{t.noFigures}</Empty>
              )}
              <Missing missing={missing.filter((lack) => lack.measure === measure)} />
            </section>
          ))}
        </div>
        <Notes warnings={warnings} />
      </Answered>
    </>
  );
}

function single(lines: Line[]): boolean {
  return lines.every(({ values }) => values.length === 1);
}
