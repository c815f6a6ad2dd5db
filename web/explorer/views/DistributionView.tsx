import { useMemo, useState } from "react";
import { useAnswer } from "../api/answers";
import { DistributionDocument } from "../api/operations.generated";
import { Chart } from "../charts/Chart";
import { distributionOption } from "../charts/distribution-option";
import { light } from "../charts/palette";
import { usePalette } from "../charts/theme";
import { titled } from "../charts/titled";
import { count } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import { Choice, Text } from "../parts/Fields";
import { Missing } from "../parts/Missing";
import { Answered, Empty, Notes } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useExplorer, useNames } from "../state/context";
import { compareInput, distributionInput } from "../state/request";
import { type Measure, measureKey } from "../state/state";
import { BinRegions } from "./BinRegions";
import { DistributionFacts } from "./DistributionFacts";

const chartHeight = 320;

/** How one of the chosen indicators is spread over the regions. */
export function DistributionView() {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const measure = state.measures[state.focus] ?? state.measures[0];
  return measure ? (
    <Spread key={measureKey(measure)} measure={measure} />
  ) : (
    <Empty>{t.noIndicatorChosen}</Empty>
  );
}

function Spread({ measure }: { measure: Measure }) {
  const { lang, t } = useLanguage();
  const { state, dispatch } = useExplorer();
  const names = useNames();
  const palette = usePalette();
  const [bin, setBin] = useState<number | null>(null);
  const variables = {
    input: distributionInput(state, measure),
    values: compareInput(
      { ...state, baseline: { kind: "default" } },
      { slice: measure.slice, measures: [measure] },
    ),
  };
  const { data, ...standing } = useAnswer(DistributionDocument, variables);
  const found = data?.distribution;
  const title = names.measure(measure);
  const option = useMemo(
    () => (found ? distributionOption(found, palette, lang, t, bin) : {}),
    [found, palette, lang, t, bin],
  );
  const asked = [
    {
      label: title,
      document: DistributionDocument,
      variables,
      file: { kind: "compare" as const, parameters: { input: variables.values } },
    },
  ];
  const picture = () => [
    {
      option: found ? titled(distributionOption(found, light, lang, t, null), title) : {},
      width: 900,
      height: 480,
    },
  ];
  const empty = found?.histogram.length === 0;
  return (
    <>
      <ViewBar asked={asked} picture={found && !empty ? picture : null}>
        <Choice
          label={t.of}
          value={String(state.focus)}
          options={state.measures.map((each, at) => ({ value: String(at), label: names.measure(each) }))}
          onChange={(value) => dispatch({ type: "set", change: { focus: Number(value) } })}
        />
        <Text
          type="number"
          label={t.bins}
          value={state.bins ? String(state.bins) : ""}
          placeholder={t.binsAuto}
          onChange={(text) => {
            const bins = Math.trunc(Number(text));
            setBin(null);
            dispatch({ type: "set", change: { bins: bins >= 1 && bins <= 1000 ? bins : null } });
          }}
        />
      </ViewBar>
      <Answered standing={standing}>
        {found && (
          <>
            {empty ? (
              <Empty>{t.noFigures}</Empty>
            ) : (
              <section className="card" aria-label={title}>
                <DistributionFacts found={found} />
                <Chart
                  option={option}
                  label={`${t.views.distribution}: ${title}. ${t.binsDrawn(count(found.histogram.length, lang))}`}
                  height={chartHeight}
                  onPick={(_, datum) => setBin(datum)}
                />
                <BinRegions
                  bins={found.histogram}
                  chosen={bin}
                  onChoose={setBin}
                  unit={found.unit}
                  measure={measure}
                  columns={data.compare.indicators[0]?.columns}
                />
              </section>
            )}
            <Missing missing={found.missing} measure={measure} />
            <Notes warnings={found.warnings} />
          </>
        )}
      </Answered>
    </>
  );
}
