import { useState } from "react";
import { useAnswer } from "../api/answers";
import { AvailabilityDocument, type CheckStatus, ChecksDocument } from "../api/operations.generated";
import { count } from "../format/numbers";
import { useLanguage } from "../i18n/language";
import { Answered, Empty } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { useExplorer } from "../state/context";
import { selectedWhere } from "../state/request";
import { AvailabilityTable } from "./AvailabilityTable";
import { CheckCard } from "./CheckCard";
import { CoverageGrid } from "./CoverageGrid";
import { useComparison } from "./comparison";
import { rowsOf } from "./matrix-rows";

const pageSize = 50;

/** What exists, what is missing and why, and what the checks found. */
export function CoverageView() {
  const { t } = useLanguage();
  const { state } = useExplorer();
  const { compared, asked, ...standing } = useComparison();
  const availability = useAnswer(AvailabilityDocument, { indicators: null });
  const own = { label: t.existsAll, document: AvailabilityDocument, variables: {} };
  const checks = {
    label: t.checks,
    document: ChecksDocument,
    variables: { where: { status: "FAILED" }, first: pageSize },
  };
  const figures = {
    label: t.figuresSelected,
    file: {
      kind: "observations" as const,
      parameters: { where: selectedWhere(state), ...(state.asOf && { asOf: state.asOf }) },
    },
  };
  const questions = asked.map(({ label, document, variables }) => ({ label, document, variables }));
  const rows = rowsOf(compared);
  return (
    <>
      <ViewBar asked={[...questions, own, checks]} more={asked.length > 0 ? [figures] : []} />
      <div className="stack">
        <Checks />
        {asked.length > 0 && (
          <section className="card" aria-label={t.exists}>
            <header className="card-head">
              <h3>{t.exists}</h3>
            </header>
            <Answered standing={standing}>
              {rows.length > 0 ? (
                <CoverageGrid rows={rows} compared={compared} />
              ) : (
                <Empty>{t.noFigures}</Empty>
              )}
            </Answered>
          </section>
        )}
        <section className="card" aria-label={t.existsAll}>
          <header className="card-head">
            <h3>{t.existsAll}</h3>
          </header>
          <Answered standing={availability}>
            {availability.data && <AvailabilityTable all={availability.data.availability} />}
          </Answered>
        </section>
      </div>
    </>
  );
}

function Checks() {
  const { lang, t } = useLanguage();
  const [status, setStatus] = useState<CheckStatus | null>("FAILED");
  const [first, setFirst] = useState(pageSize);
  const { data, ...standing } = useAnswer(ChecksDocument, { where: status && { status }, first });
  const found = data?.checks;
  const choices: [CheckStatus | null, string][] = [
    ["FAILED", t.failedChecks],
    ["PASSED", t.passedChecks],
    [null, t.allChecks],
  ];
  return (
    <section className="card" aria-label={t.checks}>
      <header className="card-head row">
        <h3>{t.checks}</h3>
        <fieldset className="segments">
          <legend className="visually-hidden">{t.checks}</legend>
          {choices.map(([value, label]) => (
            <button
              key={label}
              type="button"
              aria-pressed={status === value}
              onClick={() => {
                setStatus(value);
                setFirst(pageSize);
              }}
            >
              {label}
            </button>
          ))}
        </fieldset>
      </header>
      <Answered standing={standing}>
        {found?.totalCount === 0 && <Empty>{t.noChecks}</Empty>}
        <ul className="checks">
          {found?.nodes.map((check) => (
            <CheckCard
              key={`${check.code} ${check.region?.code} ${check.indicator?.code} ${check.arithmetic}`}
              check={check}
            />
          ))}
        </ul>
        {found && found.totalCount > found.nodes.length && (
          <button type="button" onClick={() => setFirst(first + pageSize)}>
            {t.showMore(count(Math.min(pageSize, found.totalCount - found.nodes.length), lang))}
          </button>
        )}
      </Answered>
    </section>
  );
}
