import { useMemo, useState } from "react";
import { matrixPicture } from "../charts/matrix-picture";
import { nameIn, useLanguage } from "../i18n/language";
import { Answered, Empty, Notes } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useNames } from "../state/context";
import { useComparison } from "./comparison";
import { MatrixTable } from "./MatrixTable";
import { rowsOf } from "./matrix-rows";

/** Regions by indicators, each cell coloured by how it stands. */
export function MatrixView() {
  const { lang, t } = useLanguage();
  const names = useNames();
  const [onlyPresent, setOnlyPresent] = useState(false);
  const { compared, asked, ...standing } = useComparison();
  const all = useMemo(() => rowsOf(compared), [compared]);
  if (asked.length === 0) {
    return <Empty>{t.noIndicatorChosen}</Empty>;
  }
  const rows = onlyPresent ? all.filter(({ cells }) => cells.some((cell) => cell)) : all;
  const titles = compared.map(({ measure }) => names.measure(measure));
  const picture = () => [matrixPicture(rows, compared, titles, (region) => nameIn(lang, region), lang)];
  return (
    <>
      <ViewBar asked={asked} picture={rows.length > 0 ? picture : null}>
        <label className="check">
          <input
            type="checkbox"
            checked={onlyPresent}
            onChange={(event) => setOnlyPresent(event.target.checked)}
          />
          {t.showMissing}
        </label>
        <MatrixLegend
          neutral={compared.some(({ cells }) => cells.some(({ standing }) => standing === null))}
        />
      </ViewBar>
      <Answered standing={standing}>
        {rows.length > 0 ? <MatrixTable rows={rows} compared={compared} /> : <Empty>{t.noFigures}</Empty>}
        <Notes warnings={compared.flatMap(({ warnings }) => warnings)} />
      </Answered>
    </>
  );
}

function MatrixLegend({ neutral }: { neutral: boolean }) {
  const { t } = useLanguage();
  return (
    <span className="legend" title={neutral ? `${t.matrixHint} ${t.matrixNeutral}` : t.matrixHint}>
      <span className="swatch WORSE" /> {t.worse}
      <span className="swatch SIMILAR" /> {t.like}
      <span className="swatch BETTER" /> {t.better}
      {neutral && (
        <>
          <span className="swatch gradient" /> {t.lower} – {t.higher}
        </>
      )}
    </span>
  );
}
