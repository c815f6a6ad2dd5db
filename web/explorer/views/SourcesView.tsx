import { useAnswer } from "../api/answers";
import { ChangesDocument, SourceFiguresDocument, SourcesDocument } from "../api/operations.generated";
import { useLanguage } from "../i18n/language";
import { Answered } from "../parts/States";
import { ViewBar } from "../parts/ViewBar";
import { Changes } from "./Changes";
import { Loads } from "./Loads";
import { Snapshots } from "./Snapshots";
import { SourceCard } from "./SourceCard";

/** The documents that figures come from, the loads that brought them, the snapshots, and what changed. */
export function SourcesView() {
  const { t } = useLanguage();
  const { data, ...standing } = useAnswer(SourcesDocument, {});
  const first = data?.sources.nodes[0];
  const previous = data?.snapshots.nodes.find(({ id }) => id !== data.snapshot.id);
  const asked = [
    { label: t.views.sources, document: SourcesDocument, variables: {} },
    ...(first
      ? [{ label: t.documents, document: SourceFiguresDocument, variables: { code: first.code, first: 20 } }]
      : []),
    ...(previous
      ? [{ label: t.whatChanged, document: ChangesDocument, variables: { since: previous.id, first: 20 } }]
      : []),
  ];
  const figures = {
    label: t.everyFigure,
    file: { kind: "observations" as const, parameters: { where: {} } },
  };
  return (
    <>
      <ViewBar asked={asked} more={[figures]} />
      <Answered standing={standing}>
        {data && (
          <div className="stack">
            <section className="card" aria-label={t.documents}>
              <header className="card-head">
                <h3>{t.documents}</h3>
              </header>
              <ul className="sources">
                {data.sources.nodes.map((source) => (
                  <SourceCard key={source.code} source={source} />
                ))}
              </ul>
            </section>
            <Changes snapshots={data.snapshots.nodes} current={data.snapshot.id} />
            <Snapshots snapshots={data.snapshots.nodes} current={data.snapshot.id} />
            <Loads loads={data.loads.nodes} />
          </div>
        )}
      </Answered>
    </>
  );
}
