import { useMemo } from "react";
import { type Asked, useAnswer } from "../api/answers";
import { CorrelateDocument, type CorrelateQuery } from "../api/operations.generated";
import { Chart } from "../charts/Chart";
import { light } from "../charts/palette";
import { relateOption } from "../charts/relate-option";
import { usePalette } from "../charts/theme";
import { count } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import { Choice } from "../parts/Fields";
import { Answered, Empty, Notes } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useExplorer, useNames } from "../state/context";
import { correlateInput } from "../state/request";
import { cellOf, type Measure, measureKey } from "../state/state";
import { MissingPairs } from "./MissingPairs";
import { RelateFacts } from "./RelateFacts";
import { RelateTable } from "./RelateTable";
import { relateTable } from "./relate-table";

const chartHeight = 420;

/** Two indicators against each other: the first two that are chosen. */
export function RelateView() {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const [x, y] = state.measures;
  return x && y ? <Relation x={x} y={y} /> : <Empty>{t.needTwo}</Empty>;
}

export type Relationship = CorrelateQuery["correlate"];

function Relation({ x, y }: { x: Measure; y: Measure }) {
  const { lang, t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const names = useNames();
  const palette = usePalette();
  const variables = { input: correlateInput(state, x, y) };
  const { data, ...standing } = useAnswer(CorrelateDocument, variables);
  const found = data?.correlate;
  const titles = { x: names.measure(x), y: names.measure(y) };
  const option = useMemo(
    () => (found ? relateOption(found, { x: titles.x, y: titles.y }, palette, lang) : {}),
    [found, titles.x, titles.y, palette, lang],
  );
  const open = (region: string, measure: Measure, beside: Measure | null = null) =>
    dispatch({ type: "openEvidence", evidence: cellOf(measure, region, beside) });
  const asked: Asked[] = [
    {
      label: `${titles.x} × ${titles.y}`,
      document: CorrelateDocument,
      variables,
      ...(found && { table: () => relateTable(found, titles, t, lang) }),
    },
  ];
  const picture = () => [
    { option: found ? relateOption(found, titles, light, lang) : {}, width: 900, height: 600 },
  ];
  return (
    <>
      <ViewBar asked={asked} picture={found && found.points.length > 0 ? picture : null}>
        <Axes x={x} y={y} />
        <Choice
          label={t.method}
          value={state.method}
          options={(["PEARSON", "SPEARMAN"] as const).map((value) => ({ value, label: t.methods[value] }))}
          onChange={(method) => dispatch({ type: "set", change: { method } })}
        />
      </ViewBar>
      <Answered standing={standing}>
        {found && (
          <>
            <section className="card" aria-label={`${titles.x} × ${titles.y}`}>
              <RelateFacts found={found} />
              {found.points.length > 0 ? (
                <>
                  <Chart
                    option={option}
                    label={[
                      `${t.views.relate}: ${titles.x}, ${titles.y}`,
                      t.pointsDrawn(count(found.points.length, lang)),
                      ...(found.slope === null ? [] : [t.lineDrawn]),
                    ].join(". ")}
                    height={chartHeight}
                    onPick={(series, datum) => {
                      const point = series === 0 ? found.points[datum] : undefined;
                      if (point) {
                        open(point.region.code, x, y);
                      }
                    }}
                  />
                  <RelateTable found={found} x={x} y={y} onPick={open} />
                </>
              ) : (
                <Empty>{t.noPoints}</Empty>
              )}
              <p className="hint">{t.noCause}</p>
            </section>
            <MissingPairs missing={found.missing} x={x} y={y} />
            <Notes warnings={found.warnings} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Which of the chosen indicators go across and upwards. */
function Axes({ x, y }: { x: Measure; y: Measure }) {
  const { t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const names = useNames();
  const options = state.measures.map((measure) => ({
    value: measureKey(measure),
    label: names.measure(measure),
  }));
  const choose = (key: string, axis: 0 | 1) => {
    const chosen = state.measures.find((measure) => measureKey(measure) === key);
    if (!chosen) {
      return;
    }
    const other = axis === 0 ? y : x;
    const rest = state.measures.filter((measure) => measure !== chosen && measure !== other);
    // Choosing what stands on the other axis swaps them.
    const pair = chosen === other ? [y, x] : axis === 0 ? [chosen, other] : [other, chosen];
    const kept = chosen === other ? state.measures.slice(2) : rest;
    dispatch({ type: "set", change: { measures: [...pair, ...kept] } });
  };
  return (
    <>
      <Choice label={t.axisX} value={measureKey(x)} options={options} onChange={(key) => choose(key, 0)} />
      <Choice label={t.axisY} value={measureKey(y)} options={options} onChange={(key) => choose(key, 1)} />
    </>
  );
}
