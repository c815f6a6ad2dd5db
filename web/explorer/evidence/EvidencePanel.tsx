import { useAnswer } from "../api/answers";
import { EvidenceDocument, PrintedFigureDocument, StatedDocument } from "../api/operations.generated";
import { useLanguage } from "../i18n/language";
import { Drawer } from "../parts/Drawer";
import { Answered, Empty, Notes } from "../parts/States";
import { useExplorer, useNames } from "../state/context";
import { evidenceInput, statedWhere } from "../state/request";
import type { EvidenceKey, State } from "../state/state";
import { Figure } from "./Figure";
import { ValueFacts } from "./ValueFacts";

/** What stands behind a mark or a cell. */
export function EvidencePanel({ evidence }: { evidence: EvidenceKey }) {
  const { t } = useLanguage();
  const { dispatch } = useExplorer();
  return (
    <Drawer title={t.evidence} onClose={() => dispatch({ type: "closeEvidence" })}>
      {evidence.kind === "figure" ? (
        <Printed id={evidence.id} />
      ) : (
        <>
          <Cell cell={evidence} />
          {evidence.beside && <Cell cell={{ ...evidence, measure: evidence.beside }} />}
        </>
      )}
    </Drawer>
  );
}

type CellKey = Extract<EvidenceKey, { kind: "cell" }>;

function Cell({ cell }: { cell: CellKey }) {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const names = useNames();
  const input = evidenceInput(stateOf(state, cell), cell.measure, cell.region);
  const { data, ...standing } = useAnswer(EvidenceDocument, { input });
  const found = data?.compare.indicators[0];
  const entry = found?.entries[0];
  const reason = found?.missing[0]?.reason;
  return (
    <Answered standing={standing}>
      <p className="evidence-what">{names.measure(cell.measure)}</p>
      {found && entry && <ValueFacts found={found} entry={entry} />}
      {found && !entry && (
        <>
          <p className="evidence-where">{names.region(cell.region)}</p>
          <p className="evidence-value">{t.noFigure}</p>
          <p>{t.reasons[reason ?? "NO_OBSERVATION"]}</p>
          {reason !== "NO_OBSERVATION" && <Stated cell={cell} />}
        </>
      )}
      {entry?.observations.map((figure) => (
        <Figure key={figure.id} figure={figure} />
      ))}
      {found && <Notes warnings={found.warnings} />}
    </Answered>
  );
}

/** What sources say of a figure that is missing: the reports that give the reason, and those of its parts. */
function Stated({ cell }: { cell: CellKey }) {
  const { state } = useExplorer();
  const where = statedWhere(stateOf(state, cell), cell.measure, cell.region);
  const { data, ...standing } = useAnswer(StatedDocument, { where, asOf: state.asOf });
  return (
    <Answered standing={standing}>
      {data?.observations.nodes.map((figure) => (
        <Figure key={figure.id} figure={figure} />
      ))}
    </Answered>
  );
}

/** The state as it would be to show the cell: that of a point of a line has its own period and status. */
function stateOf(state: State, { period, status }: CellKey): State {
  if (!period) {
    return { ...state, status: status ?? state.status };
  }
  return {
    ...state,
    status: status ?? state.status,
    when: period.startsWith("in:") ? { kind: "within", period: period.slice(3) } : { kind: "period", period },
  };
}

function Printed({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data, ...standing } = useAnswer(PrintedFigureDocument, { id });
  const figure = data?.node;
  return (
    <Answered standing={standing}>
      {data &&
        (figure && "revisions" in figure ? <Figure figure={figure} named /> : <Empty>{t.noEvidence}</Empty>)}
    </Answered>
  );
}
